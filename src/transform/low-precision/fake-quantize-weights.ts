import {nodeProto} from '../../network/node-proto.js';
import {readTensor, tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import type {ConstantRanges, FakeQuantize} from './fake-quantize.js';
import {
  addParameters,
  type QuantizationParameters,
  quantizationParameters,
} from './fake-quantize-parameters.js';
import type {QuantizedType} from './linear-quantization.js';
import {alongAxis} from './quantize-values.js';
import {roundHalfEven} from './round-half-even.js';

/**
 * Writes FakeQuantize of constant weights as bytes with a DequantizeLinear: their steps are counted
 * now, as the definition does. False if zero lies on no step of the output range.
 */
export function writeWeights(
  editor: GraphEditor,
  fake: FakeQuantize,
  ranges: ConstantRanges,
): boolean {
  const {node, input, output, levels} = fake;
  const constant = editor.constant(input);
  if (constant === undefined) return false;
  const after = quantizationParameters(ranges.outputLow, ranges.outputHigh, levels);
  const {type: given, shape, data} = readTensor(constant);
  const {axis} = ranges;
  if (after === undefined || given !== 'f32') return false;
  if (axis !== undefined && shape.at(axis) !== ranges.inputLow.length) return false;
  const channelOf = axis === undefined ? () => 0 : alongAxis(shape, axis);
  const steps = countSteps(data as Float32Array, {levels, ranges, channelOf});
  const {type, offset} = storageOf(after, levels);
  const {name} = node.proto;
  editor.remove(node);
  const bytes = type === 'i8' ? Int8Array.from(steps, step => step - offset) : steps;
  const tensor = tensorProto('', {type, shape, data: bytes});
  const weights = editor.initializer(`${input}/quantized`, tensor);
  const parameters = addParameters(editor, name, {...after, type, offset});
  const attributes = axis === undefined ? {} : {axis: BigInt(axis)};
  const read = nodeProto('DequantizeLinear', [weights, ...parameters], [output], attributes);
  editor.add(read, name, node);
  return true;
}

interface Steps {
  readonly levels: number;
  readonly ranges: ConstantRanges;
  readonly channelOf: (index: number) => number;
}

/** For each number its step, from 0 to `levels - 1`, in single precision as the definition has it. */
function countSteps(values: Float32Array, {levels, ranges, channelOf}: Steps): Uint8Array {
  return Uint8Array.from(values, (value, index) => {
    const channel = channelOf(index);
    const low = ranges.inputLow[channel] ?? 0;
    const high = ranges.inputHigh[channel] ?? 0;
    if (value <= Math.min(low, high)) return 0;
    if (value > Math.max(low, high)) return levels - 1;
    const share = Math.fround(Math.fround(value - low) / Math.fround(high - low));
    return roundHalfEven(Math.fround(share * (levels - 1)));
  });
}

/** Signed with zero at 0 if that is where zero lies in all channels, as runtimes like weights. */
function storageOf(
  {zeroPoints}: QuantizationParameters,
  levels: number,
): {readonly type: QuantizedType; readonly offset: number} {
  const [first = 0] = zeroPoints;
  const isSymmetric = zeroPoints.every(zero => zero === first) && first === Math.floor(levels / 2);
  return isSymmetric ? {type: 'i8', offset: first} : {type: 'u8', offset: 0};
}
