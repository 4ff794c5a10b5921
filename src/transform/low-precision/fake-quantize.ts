import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {intAttribute} from '../../network/node-attribute.js';
import {operationType} from '../../network/operation-names.js';
import {readTensor} from '../../network/tensor-proto.js';
import type {EditedNode, GraphEditor} from '../graph-editor.js';

/**
 * OpenVINO's FakeQuantize: `levels` steps from `inputLow` to `inputHigh` become as many from
 * `outputLow` to `outputHigh`; ranges broadcast as numpy's arrays do.
 */
export interface FakeQuantize {
  readonly node: EditedNode;
  readonly input: string;
  readonly output: string;
  /** 2 or more. */
  readonly levels: number;
  /** Names of the four ranges, in the order of the operation's inputs. */
  readonly ranges: readonly [string, string, string, string];
}

/** Ranges that are float32 constants, one for the whole tensor or one for each channel. */
export interface ConstantRanges {
  readonly inputLow: Float32Array;
  readonly inputHigh: Float32Array;
  readonly outputLow: Float32Array;
  readonly outputHigh: Float32Array;
  /** Counted from the last, so negative; undefined if there is one range for the whole tensor. */
  readonly axis: number | undefined;
}

const fakeQuantizeType = 'org.openvinotoolkit.FakeQuantize';

/** Undefined for any other node, and for one that is not as OpenVINO defines it. */
export function readFakeQuantize(node: EditedNode): FakeQuantize | undefined {
  const {proto} = node;
  if (operationType(proto) !== fakeQuantizeType || !broadcastsAsNumpy(proto)) return undefined;
  const [input, inputLow, inputHigh, outputLow, outputHigh, ...more] = proto.input;
  const levels = intAttribute(proto, 'levels', 0);
  const [output] = proto.output;
  if (!input || !inputLow || !inputHigh || !outputLow || !outputHigh || !output) return undefined;
  if (more.length > 0 || levels < 2) return undefined;
  return {node, input, output, levels, ranges: [inputLow, inputHigh, outputLow, outputHigh]};
}

function broadcastsAsNumpy({attribute}: NodeProto): boolean {
  const given = attribute.find(({name}) => name === 'auto_broadcast');
  return given === undefined || ['numpy', 'none'].includes(new TextDecoder().decode(given.s));
}

/** Undefined if a range is no float32 constant, or goes along more than one axis. */
export function constantRanges(
  editor: GraphEditor,
  {ranges}: FakeQuantize,
): ConstantRanges | undefined {
  const tensors = ranges.map(name => {
    const constant = editor.constant(name);
    return constant === undefined ? undefined : readTensor(constant);
  });
  const axes = new Set<number>();
  let channels = 1;
  for (const tensor of tensors) {
    if (tensor?.type !== 'f32') return undefined;
    for (const [at, size] of tensor.shape.entries()) {
      if (size === 1) continue;
      if (channels !== 1 && size !== channels) return undefined;
      axes.add(at - tensor.shape.length);
      channels = size;
    }
  }
  if (axes.size > 1 || channels === 0) return undefined;
  const [axis] = axes;
  const [inputLow, inputHigh, outputLow, outputHigh] = tensors.map(tensor => {
    const values = tensor?.data as Float32Array;
    return values.length === channels ? values : new Float32Array(channels).fill(values[0] ?? 0);
  });
  if (!inputLow || !inputHigh || !outputLow || !outputHigh) return undefined;
  return {inputLow, inputHigh, outputLow, outputHigh, axis};
}
