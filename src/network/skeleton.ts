import {invariant} from '../errors.js';
import {dropWeights} from './drop-weights.js';
import {isExternal} from './external-data.js';
import type {GraphProto, ModelProto} from './generated/onnx_pb.js';
import type {Network} from './network.js';
import {networkGraph} from './network-graph.js';
import {tensorBytes} from './tensor-bytes.js';
import {valueInfoOf} from './value-types.js';
import {withFields} from './with-fields.js';

/**
 * The network without its weights, light enough to send to every device and to infer types on:
 * every tensor above `tensorBytesMax` and every external one becomes a required input of its type
 * and shape. Operations keep their names; `Constant` nodes with such a tensor are gone. Inputs
 * whose element type does not travel are in `graph.inputs` but not in `inputs`.
 */
export function skeleton(network: Network, tensorBytesMax: number): Network {
  invariant(network.model.graph !== undefined, 'a network that was read has a graph');
  const graph = dropWeights(
    network.model.graph,
    tensor => isExternal(tensor) || tensorBytes(tensor) > tensorBytesMax,
  );
  const model = withFields<ModelProto>(network.model, {graph});
  const described = networkGraph(model, graph);
  const kept = new Set(described.overridable);
  return {
    model,
    graph: described,
    inputs: travellingInputs(graph, new Set(described.inputs)),
    overridable: network.overridable.filter(({name}) => kept.has(name)),
    outputs: network.outputs,
  };
}

function travellingInputs(graph: GraphProto, names: ReadonlySet<string>) {
  return graph.input.flatMap(({name, type}) => {
    const info = names.has(name) ? valueInfoOf(type) : undefined;
    return info?.kind === 'tensor' ? [{name, type: info.type, shape: info.shape}] : [];
  });
}
