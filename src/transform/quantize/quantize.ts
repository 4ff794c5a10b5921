import type {ModelProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {operationType} from '../../network/operation-names.js';
import {readNetwork} from '../../network/read-network.js';
import {withFields} from '../../network/with-fields.js';
import {writeModel} from '../../network/write-model.js';
import {type EditedNode, GraphEditor} from '../graph-editor.js';
import type {QuantizedWeights} from './quantize-weights.js';
import {WeightStore} from './weight-store.js';
import {weightInputs} from './weighted-operation.js';
import {DynamicWriter} from './write-dynamic.js';
import {type WeightedNode, writeTable, writeWeightsOnly} from './write-weights-only.js';

/**
 * `weights`: int8 weights, computed with as float32. `dynamic`: also products of integers, their
 * inputs quantised at run time by their own range; what has no such form keeps int8 weights.
 */
export type QuantizeMode = 'weights' | 'dynamic';

export interface QuantizeOptions {
  /** `dynamic` unless given. */
  readonly mode?: QuantizeMode;
  /** A scale for each output channel of weights, else one for all of them; true unless given. */
  readonly perChannel?: boolean;
  /** Names of operations that stay as they are. */
  readonly except?: readonly string[];
}

/** What became of an operation that has weights. */
export interface QuantizedOperation {
  readonly name: string;
  readonly type: string;
  /** `dynamic` or `weights`. */
  readonly as: QuantizeMode;
  /** The greatest difference that int8 makes to one of its weights. */
  readonly weightErrorMax: number;
}

export interface SkippedOperation {
  readonly name: string;
  readonly type: string;
  readonly reason: string;
}

export interface QuantizedNetwork {
  /** An ONNX file. */
  readonly model: Uint8Array;
  readonly quantized: readonly QuantizedOperation[];
  /** Operations with weights that stay as they were. */
  readonly skipped: readonly SkippedOperation[];
  /** Size of the file as it was, external data left out. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Operator sets in which the operations came that are put in. */
const since = {weights: 10, dynamic: 11, perChannel: 13} as const;

/** A network as `Core.readNetwork` gives it, or the bytes of its file. */
export type Quantizable = Uint8Array | {readonly parsed: Network};

/**
 * A network with int8 weights, symmetric, so that zero is exactly 0. Operations inside bodies and
 * local functions, and weights in external data, are left as they are. Throws INVALID_NETWORK.
 */
export function quantize(given: Quantizable, options: QuantizeOptions = {}): QuantizedNetwork {
  const network = given instanceof Uint8Array ? readNetwork(given) : given.parsed;
  const {mode = 'dynamic', perChannel = true, except = []} = options;
  const editor = new GraphEditor(network);
  const store = new WeightStore(editor, perChannel && editor.opset() >= since.perChannel);
  const dynamic = new DynamicWriter(editor, store);
  const quantized: QuantizedOperation[] = [];
  const skipped: SkippedOperation[] = [];
  for (const node of editor.nodes()) {
    const {name} = node.proto;
    const type = operationType(node.proto);
    const found = weightsOf(editor, store, node);
    if (found === undefined) continue;
    const reason = except.includes(name) ? 'it was to stay as it is' : whyNot(editor, mode, found);
    if (reason !== undefined) {
      skipped.push({name, type, reason});
      continue;
    }
    const inputs = found.filter(each => typeof each !== 'string');
    const as = write(editor, {mode, store, dynamic, inputs});
    const weightErrorMax = Math.max(...inputs.map(({weights}) => weights.errorMax));
    quantized.push({name, type, as, weightErrorMax});
  }
  const {graph} = editor.finish();
  const model = writeModel(withFields<ModelProto>(network.model, {graph}));
  const bytesBefore = writeModel(network.model).length;
  return {model, quantized, skipped, bytesBefore, bytesAfter: model.length};
}

/** For each input with weights these, or why they cannot be quantised; undefined if it has none. */
function weightsOf(
  editor: GraphEditor,
  store: WeightStore,
  node: EditedNode,
): readonly (WeightedNode | string)[] | undefined {
  const inputs = weightInputs(editor, node.proto);
  if (inputs.length === 0) return undefined;
  return inputs.map(({input, axisOf}) => {
    const weights: QuantizedWeights | string = store.quantized(
      node.proto.input[input] ?? '',
      axisOf,
    );
    return typeof weights === 'string' ? weights : {node, input, weights};
  });
}

function whyNot(
  editor: GraphEditor,
  mode: QuantizeMode,
  found: readonly (WeightedNode | string)[],
): string | undefined {
  const opset = editor.opset();
  if (opset < since[mode]) {
    return `the network is of operator set ${opset}, and ${mode} needs ${since[mode]} or later`;
  }
  if (found.some(each => typeof each !== 'string')) return undefined;
  const [first] = found;
  return typeof first === 'string' ? first : undefined;
}

interface Writing {
  readonly mode: QuantizeMode;
  readonly store: WeightStore;
  readonly dynamic: DynamicWriter;
  readonly inputs: readonly WeightedNode[];
}

/** Tells how it was written. */
function write(editor: GraphEditor, {mode, store, dynamic, inputs}: Writing): QuantizeMode {
  const [first] = inputs;
  if (mode === 'dynamic' && first !== undefined && dynamic.write(first)) return 'dynamic';
  for (const input of inputs) {
    if (input.node.proto.opType === 'Gather') writeTable(editor, store, input);
    else writeWeightsOnly(editor, store, input);
  }
  return 'weights';
}
