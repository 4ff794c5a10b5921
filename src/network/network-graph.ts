import {elementTypeOfOnnx} from '../../schemas/element-type.js';
import type {NetworkGraph, Operation, ValueInfo} from '../../schemas/network-graph.js';
import {nodeReads} from './captured-values.js';
import type {GraphProto, ModelProto, ValueInfoProto} from './generated/onnx_pb.js';
import {operationType} from './operation-names.js';
import {randomOperations} from './random-operations.js';
import {sparseBytes, tensorBytes} from './tensor-bytes.js';
import {valueInfoOf} from './value-types.js';
import {withoutShapeClaims} from './without-shape-claims.js';

/** Before this version of the format every initializer is an input too, and yet a constant. */
const irVersionOfOverriding = 4n;

/** The graph of a model whose nodes are sorted and named. */
export function networkGraph(model: ModelProto, graph: GraphProto): NetworkGraph {
  const initializers = initializerBytes(graph);
  const operations = operationsOf(model, graph);
  const names = graph.input.map(input => input.name);
  const inputs = names.filter(name => !initializers.has(name));
  const travelling = travellingInitializers(graph);
  const overriding = model.irVersion >= irVersionOfOverriding;
  const overridable = overriding ? names.filter(name => travelling.has(name)) : [];
  const made = operations.flatMap(operation => operation.outputs);
  return {
    name: graph.name,
    operations,
    inputs,
    overridable,
    outputs: graph.output.map(output => output.name),
    initializers,
    values: new Map([
      ...initializerOutputs(graph),
      ...knownValues(graph, new Set([...inputs, ...overridable, ...made])),
    ]),
  };
}

function operationsOf(model: ModelProto, graph: GraphProto): readonly Operation[] {
  const isRandom = randomOperations(model);
  return graph.node.map(node => ({
    name: node.name,
    type: operationType(node),
    inputs: nodeReads(node),
    outputs: node.output.filter(name => name !== ''),
    random: isRandom(node),
  }));
}

function initializerBytes(graph: GraphProto): ReadonlyMap<string, number> {
  const dense = graph.initializer.map(tensor => [tensor.name, tensorBytes(tensor)] as const);
  const sparse = graph.sparseInitializer.map(
    tensor => [tensor.values?.name ?? '', sparseBytes(tensor)] as const,
  );
  return new Map([...dense, ...sparse]);
}

/** Initializers that a request could bring: sparse ones and types that do not travel are constant. */
function travellingInitializers(graph: GraphProto): ReadonlySet<string> {
  const travelling = graph.initializer.filter(
    ({dataType}) => elementTypeOfOnnx(dataType) !== undefined,
  );
  return new Set(travelling.map(tensor => tensor.name));
}

/** No session says the type of an initializer; of those that are outputs it is wanted. */
function initializerOutputs(graph: GraphProto): readonly (readonly [string, ValueInfo])[] {
  const outputs = new Set(graph.output.map(output => output.name));
  return graph.initializer.flatMap(({name, dataType, dims}) => {
    const type = outputs.has(name) ? elementTypeOfOnnx(dataType) : undefined;
    return type === undefined ? [] : [[name, {kind: 'tensor', type, shape: dims.map(Number)}]];
  });
}

/**
 * The file's own types; those of inputs and outputs hold over those of inner values, of which the
 * element type alone is taken: see `withoutShapeClaims`.
 */
function knownValues(
  graph: GraphProto,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, ValueInfo> {
  const values = new Map<string, ValueInfo>();
  const add = ({name, type}: ValueInfoProto) => {
    const info = wanted.has(name) ? valueInfoOf(type) : undefined;
    if (info !== undefined) values.set(name, info);
  };
  const inner = withoutShapeClaims(graph).valueInfo;
  for (const value of [...inner, ...graph.output, ...graph.input]) add(value);
  return values;
}
