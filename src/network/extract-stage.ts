import type {ValueInfo} from '../../schemas/network-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {invariant} from '../errors.js';
import {nodeReads} from './captured-values.js';
import {type GatheredWeights, gatherWeights, type WeightRange} from './gather-weights.js';
import type {GraphProto, ModelProto, NodeProto, ValueInfoProto} from './generated/onnx_pb.js';
import {calledFunctions} from './local-functions.js';
import {mapNodeTensors, mapTensors} from './map-tensors.js';
import type {Network} from './network.js';
import {tensorType, typedValue, valueInfoOf, valueInfoProto} from './value-types.js';
import {withFields} from './with-fields.js';
import {withoutShapeClaims} from './without-shape-claims.js';
import {writeModel} from './write-model.js';

/** What to cut out of a network. */
export interface StagePart {
  readonly name: string;
  /** Indices into the network's operations; those that make its constants are among them. */
  readonly operations: readonly number[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly string[];
  /** Of the network's overridable initializers, those that stay so. */
  readonly overridable: readonly string[];
}

export interface ExtractedStage {
  /** A ModelProto; every external tensor of it names `weightsLocation`. */
  readonly model: Uint8Array;
  /** The content of the weights file; empty if the stage needs none. */
  readonly weights: readonly WeightRange[];
}

/**
 * The network of one stage: the operations of `part` and what they need of the network, namely
 * initializers, those that bodies capture too, local functions, operator sets, metadata. Weights
 * that the network keeps inside stay inside; external ones move to the stage's weights file.
 */
export function extractStage(
  network: Network,
  part: StagePart,
  values: ReadonlyMap<string, ValueInfo> = network.graph.values,
): ExtractedStage {
  const whole = network.model.graph;
  invariant(whole !== undefined, 'a network that was read has a graph');
  const node = [...part.operations]
    .sort((a, b) => a - b)
    .map(index => {
      const found = whole.node[index];
      invariant(found !== undefined, `the network has no operation ${index}`);
      return found;
    });
  const gathered = gatherWeights();
  const graph = mapTensors(stageGraph(whole, node, part, values), gathered.readdress);
  const functions = stageFunctions(network.model, node, gathered);
  const model = withFields<ModelProto>(network.model, {graph, functions, trainingInfo: []});
  return {model: writeModel(model), weights: gathered.ranges};
}

function stageGraph(
  whole: GraphProto,
  node: NodeProto[],
  part: StagePart,
  values: ReadonlyMap<string, ValueInfo>,
): GraphProto {
  const made = new Set(node.flatMap(each => each.output));
  const given = new Set(part.inputs.map(input => input.name));
  const quantizationAnnotation = whole.quantizationAnnotation.filter(
    ({tensorName}) => made.has(tensorName) || given.has(tensorName),
  );
  const needed = new Set([
    ...node.flatMap(nodeReads),
    ...part.outputs,
    ...part.overridable,
    ...quantizationAnnotation.flatMap(each => each.quantParameterTensorNames.map(p => p.value)),
  ]);
  const isNeeded = (name: string) => needed.has(name) && !given.has(name);
  const inner = new Set([...made].filter(name => !part.outputs.includes(name)));
  return withFields(whole, {
    name: part.name,
    node,
    initializer: whole.initializer.filter(tensor => isNeeded(tensor.name)),
    sparseInitializer: whole.sparseInitializer.filter(({values}) => isNeeded(values?.name ?? '')),
    input: stageInputs(whole, part),
    output: part.outputs.map(name => outputOf(whole, name, values)),
    valueInfo: withoutShapeClaims(whole).valueInfo.filter(({name}) => inner.has(name)),
    quantizationAnnotation,
  });
}

function stageInputs(whole: GraphProto, part: StagePart): ValueInfoProto[] {
  const declared = new Map(whole.input.map(input => [input.name, input]));
  const required = part.inputs.map(input => {
    const original = declared.get(input.name);
    return original !== undefined && says(original, input) ? original : typedValue(input);
  });
  const overridable = part.overridable.map(name => {
    const original = declared.get(name);
    invariant(original !== undefined, `"${name}" is not an overridable initializer`);
    return original;
  });
  return [...required, ...overridable];
}

/** The file's own message says more than a TensorInfo: denotations, documentation, metadata. */
function says(original: ValueInfoProto, {type, shape}: TensorInfo): boolean {
  const info = valueInfoOf(original.type);
  if (info?.kind !== 'tensor' || info.type !== type) return false;
  return JSON.stringify(info.shape) === JSON.stringify(shape);
}

/** As the file has it where it is the network's output; else as its type is known. */
function outputOf(
  whole: GraphProto,
  name: string,
  values: ReadonlyMap<string, ValueInfo>,
): ValueInfoProto {
  const declared = whole.output.find(value => value.name === name);
  if (valueInfoOf(declared?.type) !== undefined && declared !== undefined) return declared;
  const info = values.get(name);
  if (info?.kind !== 'tensor') return valueInfoProto(name);
  return valueInfoProto(name, tensorType(info.type, info.shape));
}

function stageFunctions(model: ModelProto, node: NodeProto[], {readdress}: GatheredWeights) {
  return calledFunctions(model, node).map(each =>
    withFields(each, {node: mapNodeTensors(each.node, readdress)}),
  );
}
