import {checkGraph} from './check-graph.js';
import {checkTensors} from './check-tensors.js';
import type {ModelProto} from './generated/onnx_pb.js';
import type {Network} from './network.js';
import {networkOf} from './network-of.js';
import {operationNames} from './operation-names.js';
import {parseModel} from './parse-model.js';
import {sortNodes} from './sort-nodes.js';
import {withFields} from './with-fields.js';

/**
 * The network in an ONNX file, which keeps views of `bytes`: nobody may change them afterwards.
 *
 * Throws INVALID_NETWORK for what is not a whole ONNX network, PATH_REFUSED if external tensors lie
 * outside its folder, NOT_IMPLEMENTED if it takes or gives what does not travel: sequences, maps,
 * optionals, sparse tensors, and tensors of other element types than those of `elementTypes`.
 */
export function readNetwork(bytes: Uint8Array): Network {
  const parsed = parseModel(bytes);
  checkGraph(parsed.graph);
  checkTensors(parsed);
  const nodes = sortNodes(parsed.graph.node);
  const names = operationNames(nodes);
  const node = nodes.map((each, index) => {
    const name = names[index] ?? '';
    return each.name === name ? each : withFields(each, {name});
  });
  const graph = withFields(parsed.graph, {node});
  const model = withFields<ModelProto>(parsed, {graph});
  return networkOf(model, graph);
}
