import type {NetworkGraph} from '../../../schemas/network-graph.js';
import {InferenceError} from '../../errors.js';
import {nearestName} from '../../nearest-name.js';
import type {ModelProto} from '../../network/generated/onnx_pb.js';
import {operationType} from '../../network/operation-names.js';
import {withFields} from '../../network/with-fields.js';
import {writeModel} from '../../network/write-model.js';
import {type EditedNode, GraphEditor} from '../graph-editor.js';
import {lowPrecisionPasses, runPasses} from '../low-precision/lower-precision.js';
import type {ValueRanges} from './calibrate.js';
import {parsedOf, type Quantizable} from './quantizable.js';
import type {QuantizedWeights} from './quantize-weights.js';
import {WeightStore} from './weight-store.js';
import {weightInputs} from './weighted-operation.js';
import {DynamicWriter} from './write-dynamic.js';
import {StaticWriter} from './write-static.js';
import {type WeightedNode, writeTable, writeWeightsOnly} from './write-weights-only.js';

/**
 * `weights`: int8 weights, computed with as float32. `dynamic`: also products of integers, their
 * inputs quantised at run time by their own range. `static`: the QDQ form, activations quantised by
 * ranges that were seen. What has no such form keeps int8 weights.
 */
export type QuantizeMode = 'weights' | 'dynamic' | 'static';

export interface QuantizeOptions {
  /** `dynamic` unless given. */
  readonly mode?: QuantizeMode;
  /** A scale for each output channel of weights, else one for all of them; true unless given. */
  readonly perChannel?: boolean;
  /** Names of operations that stay as they are. */
  readonly except?: readonly string[];
  /** What `calibrate` found, for the mode `static`. */
  readonly ranges?: ValueRanges;
}

/** What became of an operation that has weights. */
export interface QuantizedOperation {
  readonly name: string;
  readonly type: string;
  /** The mode, or `weights` if it has no such form. */
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
const since = {weights: 10, dynamic: 11, static: 10, perChannel: 13} as const;

/**
 * Weights on each side of zero. With 7 bits, two products of uint8 and int8 fit into the 16 bits
 * that processors without VNNI add them up in: results are the same on every one.
 */
const stepsMax = {weights: 127, dynamic: 127, static: 63} as const;

/**
 * A network with int8 weights, symmetric, so that zero is exactly 0. Operations inside bodies and
 * local functions, and weights in external data, are left as they are. Throws INVALID_NETWORK, and
 * for options INVALID_ARGUMENT (the mode `static` without ranges, too) or UNKNOWN_OPERATION.
 */
export function quantize(given: Quantizable, options: QuantizeOptions = {}): QuantizedNetwork {
  const network = parsedOf(given);
  checkOptions(network.graph, options);
  const editor = new GraphEditor(network);
  const writing = beginWriting(editor, options);
  const quantized: QuantizedOperation[] = [];
  const skipped: SkippedOperation[] = [];
  for (const node of editor.nodes()) {
    const {name} = node.proto;
    const type = operationType(node.proto);
    const found = weightsOf(editor, writing.store, node);
    if (found === undefined) continue;
    const reason = whyNot(editor, found, {name, options});
    if (reason !== undefined) {
      skipped.push({name, type, reason});
      continue;
    }
    const inputs = found.filter(each => typeof each !== 'string');
    const as = write(editor, writing, inputs);
    const weightErrorMax = Math.max(...inputs.map(({weights}) => weights.errorMax));
    quantized.push({name, type, as, weightErrorMax});
  }
  if (writing.static !== undefined) {
    writing.static.writePairs();
    runPasses(editor, lowPrecisionPasses);
  }
  const {graph} = editor.finish();
  const model = writeModel(withFields<ModelProto>(network.model, {graph}));
  const before = given instanceof Uint8Array ? given : writeModel(network.model);
  return {model, quantized, skipped, bytesBefore: before.length, bytesAfter: model.length};
}

function checkOptions(
  {name, operations}: NetworkGraph,
  {mode = 'dynamic', except = [], ranges}: QuantizeOptions,
): void {
  if (!Object.hasOwn(stepsMax, mode)) {
    const text = `expected a mode out of ${Object.keys(stepsMax).join(', ')}, given '${mode}'`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  if (mode === 'static' && ranges === undefined) {
    const text = 'expected ranges for the mode static, as calibrate finds them, given none';
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const known = new Set(operations.map(operation => operation.name));
  const unknown = except.find(each => !known.has(each));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  const text = `expected operations of network '${name}' to leave, given '${unknown}'${hint}`;
  throw new InferenceError('UNKNOWN_OPERATION', text, {operation: unknown});
}

/** What writes operations; `dynamic` and `static` in the modes of these names only. */
interface Writing {
  readonly store: WeightStore;
  readonly dynamic: DynamicWriter | undefined;
  readonly static: StaticWriter | undefined;
}

function beginWriting(editor: GraphEditor, options: QuantizeOptions): Writing {
  const {mode = 'dynamic', perChannel = true, except = [], ranges} = options;
  const store = new WeightStore(editor, {
    perChannel: perChannel && editor.opset() >= since.perChannel,
    stepsMax: stepsMax[mode],
  });
  const isFit = editor.hasConstants && editor.opset() >= since.static;
  const isStatic = mode === 'static' && ranges !== undefined && isFit;
  return {
    store,
    dynamic: mode === 'dynamic' ? new DynamicWriter(editor, store) : undefined,
    static: isStatic ? new StaticWriter(editor, store, {ranges, except}) : undefined,
  };
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
  found: readonly (WeightedNode | string)[],
  {name, options}: {readonly name: string; readonly options: QuantizeOptions},
): string | undefined {
  const {mode = 'dynamic', except = []} = options;
  if (except.includes(name)) return 'it was to stay as it is';
  if (!editor.hasConstants)
    return 'in files older than ONNX IR version 4 no initializer is constant';
  const opset = editor.opset();
  if (opset < since[mode]) {
    return `the network is of operator set ${opset}, and ${mode} needs ${since[mode]} or later`;
  }
  if (found.some(each => typeof each !== 'string')) return undefined;
  const [first] = found;
  return typeof first === 'string' ? first : undefined;
}

/** Tells how it was written. */
function write(
  editor: GraphEditor,
  writing: Writing,
  inputs: readonly WeightedNode[],
): QuantizeMode {
  const [first] = inputs;
  if (first !== undefined && writing.dynamic?.write(first) === true) return 'dynamic';
  const isStatic = first !== undefined && writing.static?.write(first) === true;
  for (const input of inputs) {
    if (input.node.proto.opType === 'Gather') writeTable(editor, writing.store, input);
    else writeWeightsOnly(editor, writing.store, input);
  }
  return isStatic ? 'static' : 'weights';
}
