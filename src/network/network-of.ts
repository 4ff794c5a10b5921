import {elementTypeOfOnnx} from '../../schemas/element-type.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import type {GraphProto, ModelProto, ValueInfoProto} from './generated/onnx_pb.js';
import type {Network, OutputInfo} from './network.js';
import {networkGraph} from './network-graph.js';
import {describeType, valueInfoOf} from './value-types.js';

/** The network of a model whose nodes are sorted and named. Throws as `readNetwork` does. */
export function networkOf(model: ModelProto, graph: GraphProto): Network {
  const described = networkGraph(model, graph);
  const declared = new Map(graph.input.map(input => [input.name, input]));
  const inputOf = (name: string) => inputInfo(graph, declared.get(name), name);
  return {
    model,
    graph: described,
    inputs: described.inputs.map(inputOf),
    overridable: described.overridable.map(inputOf),
    outputs: graph.output.map(outputInfo),
  };
}

function inputInfo(graph: GraphProto, input: ValueInfoProto | undefined, name: string): TensorInfo {
  const info = valueInfoOf(input?.type);
  if (info?.kind === 'other') throw doesNotTravel('input', name, input);
  if (info !== undefined) return {name, type: info.type, shape: info.shape};
  const initializer = graph.initializer.find(tensor => tensor.name === name);
  const type = elementTypeOfOnnx(initializer?.dataType ?? 0);
  if (type === undefined) {
    throw new InferenceError('INVALID_NETWORK', `input "${name}" has no type`);
  }
  return {name, type, shape: initializer?.dims.map(Number) ?? null};
}

function outputInfo(output: ValueInfoProto): OutputInfo {
  const {name, type} = output;
  const info = valueInfoOf(type);
  if (info === undefined) return {name, type: undefined, shape: null};
  if (info.kind === 'other') throw doesNotTravel('output', name, output);
  return {name, type: info.type, shape: info.shape};
}

function doesNotTravel(what: string, name: string, value: ValueInfoProto | undefined) {
  return new InferenceError(
    'NOT_IMPLEMENTED',
    `${what} "${name}" is ${describeType(value?.type)}: expected a tensor of a type that travels`,
  );
}
