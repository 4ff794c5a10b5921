import type {ValueInfo} from '../../schemas/network-graph.js';
import {invariant} from '../errors.js';
import {dropWeights} from './drop-weights.js';
import {everyTensor} from './every-tensor.js';
import {isExternal} from './external-data.js';
import type {GraphProto, ModelProto, ValueInfoProto} from './generated/onnx_pb.js';
import {calledFunctions} from './local-functions.js';
import type {Network} from './network.js';
import {tensorBytes} from './tensor-bytes.js';
import {tensorType, valueInfoOf, valueInfoProto} from './value-types.js';
import {withFields} from './with-fields.js';
import {writeModel} from './write-model.js';

/** Weights up to this size stay in the model: shapes, axes and the like decide what is supported. */
const embeddedBytesMax = 4096;

/**
 * A model of operation `index` alone, to ask a runtime whether it supports it: inputs typed from
 * `values`, from the file and from initializers, small initializers inside, outputs by name only.
 * Undefined if the type of an input is unknown, or a tensor that must stay lies outside the model.
 */
export function singleOperation(
  network: Network,
  index: number,
  values: ReadonlyMap<string, ValueInfo> = network.graph.values,
): Uint8Array | undefined {
  const whole = network.model.graph;
  const node = whole?.node[index];
  const operation = network.graph.operations[index];
  invariant(whole && node && operation, `the network has no operation ${index}`);
  const reads = new Set(operation.inputs);
  const initializer = whole.initializer.filter(({name}) => reads.has(name));
  const sparseInitializer = whole.sparseInitializer.filter(s => reads.has(s.values?.name ?? ''));
  const fed = operation.inputs.filter(name => !network.graph.initializers.has(name));
  const input = fed.map(name => fedInput(whole, name, values));
  if (!input.every(each => each !== undefined)) return undefined;
  const alone = withFields(whole, {
    node: [node],
    initializer,
    sparseInitializer,
    input,
    output: operation.outputs.map(name => valueInfoProto(name)),
    valueInfo: [],
    quantizationAnnotation: [],
  });
  const graph = dropWeights(
    alone,
    tensor => isExternal(tensor) || tensorBytes(tensor) > embeddedBytesMax,
  );
  const functions = [...calledFunctions(network.model, [node])];
  const model = withFields<ModelProto>(network.model, {graph, functions, trainingInfo: []});
  return [...everyTensor(model)].some(isExternal) ? undefined : writeModel(model);
}

/** A value as an input: a tensor of the best known type, or what the file says of one that is none. */
function fedInput(
  whole: GraphProto,
  name: string,
  values: ReadonlyMap<string, ValueInfo>,
): ValueInfoProto | undefined {
  const info = values.get(name);
  if (info?.kind === 'tensor') return valueInfoProto(name, tensorType(info.type, info.shape));
  const all = [...whole.input, ...whole.output, ...whole.valueInfo];
  return all.find(value => value.name === name && valueInfoOf(value.type) !== undefined);
}
