import type {ElementType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import type {NodeProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {operationType} from '../../network/operation-names.js';
import {mapNode, type ValueTypes} from './map-node.js';
import type {OperationTable} from './operation-table.js';
import {operatorSet} from './operator-set.js';
import type {Step} from './step.js';
import {sourceTypes} from './value-types.js';
import type {Weights} from './weights.js';

/** A network as kernels: a graph that runs in a thread. */
export interface MappedNetwork {
  readonly steps: readonly Step[];
  readonly constants: ReadonlyMap<string, TensorData>;
  readonly types: ValueTypes;
}

/** Maps every operation to a kernel. Throws COMPILE_FAILED, saying which operation and why. */
export function mapNetwork(
  table: OperationTable,
  network: Network,
  weights: Weights,
): MappedNetwork {
  const {graph} = network.model;
  const opset = operatorSet(network.model);
  const types = sourceTypes(network);
  const lastReads = lastReadsOf(network);
  const steps = (graph?.node ?? []).map((node, index) =>
    mapStep(node, lastReads[index] ?? [], {table, opset, types}),
  );
  const constants = new Map(
    (graph?.initializer ?? []).map(each => [each.name, weights.read(each)]),
  );
  return {steps, constants, types};
}

interface Mapping {
  readonly table: OperationTable;
  readonly opset: number;
  readonly types: Map<string, ElementType>;
}

function mapStep(
  node: NodeProto,
  lastReads: readonly string[],
  {table, opset, types}: Mapping,
): Step {
  const {name: operation, input: inputs, output: outputs} = node;
  try {
    const mapped = mapNode(table, node, opset, types);
    for (const [index, type] of mapped.types.entries()) types.set(outputs[index] ?? '', type);
    const type = operationType(node);
    return {operation, type, kernel: mapped.kernel, inputs, outputs, lastReads};
  } catch (error) {
    const {message} = InferenceError.from(error);
    throw new InferenceError('COMPILE_FAILED', message, {operation}, {cause: error});
  }
}

/** For each operation, the values that it is the last to read. */
function lastReadsOf({model, graph}: Network): readonly (readonly string[])[] {
  const seen = new Set(graph.outputs);
  const nodes = model.graph?.node ?? [];
  const lists = nodes.toReversed().map(({input}) => {
    const last = [...new Set(input)].filter(name => name !== '' && !seen.has(name));
    for (const name of last) seen.add(name);
    return last;
  });
  return lists.reverse();
}
