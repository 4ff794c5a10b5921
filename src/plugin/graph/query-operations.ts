import type {OperationSupport} from '../../../schemas/device.js';
import type {ElementType} from '../../../schemas/element-type.js';
import {InferenceError} from '../../errors.js';
import type {NodeProto} from '../../network/generated/onnx_pb.js';
import type {Network} from '../../network/network.js';
import {mapNode} from './map-node.js';
import type {OperationTable} from './operation-table.js';
import {operatorSet} from './operator-set.js';
import {sourceTypes} from './value-types.js';

/** For each operation, whether a plugin with this table runs it, and why not. */
export function queryOperations(
  table: OperationTable,
  network: Network,
): readonly OperationSupport[] {
  const opset = operatorSet(network.model);
  const types = sourceTypes(network);
  const query = (node: NodeProto): OperationSupport => {
    const {name} = node;
    try {
      const {types: made} = mapNode(table, node, opset, types);
      for (const [index, output] of node.output.entries()) {
        const type = made[index];
        if (type !== undefined) types.set(output, type);
      }
      return {name, supported: true};
    } catch (error) {
      learnFromFile(network, node, types);
      return {name, supported: false, reason: InferenceError.from(error).message};
    }
  };
  return (network.model.graph?.node ?? []).map(query);
}

/** What the file says of the results of an operation that is refused. */
function learnFromFile(
  {graph}: Network,
  {output}: NodeProto,
  types: Map<string, ElementType>,
): void {
  for (const name of output) {
    const info = graph.values.get(name);
    if (info?.kind === 'tensor') types.set(name, info.type);
  }
}
