import {invariant} from '../errors.js';
import {isExternal} from './external-data.js';
import {gatherWeights, type WeightRange} from './gather-weights.js';
import type {ModelProto} from './generated/onnx_pb.js';
import {liftBodyWeights} from './lift-body-weights.js';
import {mapNodeTensors, mapTensors} from './map-tensors.js';
import type {Network} from './network.js';
import {withFields} from './with-fields.js';
import {writeModel} from './write-model.js';

/**
 * A whole network whose external tensors are in one weights file, as the bulk store keeps it. Those
 * of bodies have moved to the outermost graph: ONNX Runtime reads them from a file with several
 * hard links only there.
 */
export interface PackedNetwork {
  readonly model: Uint8Array;
  /** The content of the weights file; empty if every tensor is inside the model. */
  readonly weights: readonly WeightRange[];
}

export function packWeights({model}: Network): PackedNetwork {
  invariant(model.graph !== undefined, 'a network that was read has a graph');
  const gathered = gatherWeights();
  const {nodes, lifted} = liftBodyWeights(model.graph, isExternal);
  const outermost = lifted.map(({name, tensor}) => withFields(tensor, {name}));
  const initializer = [...model.graph.initializer, ...outermost];
  const whole = withFields(model.graph, {node: [...nodes], initializer});
  const graph = mapTensors(whole, gathered.readdress);
  const functions = model.functions.map(each =>
    withFields(each, {node: mapNodeTensors(each.node, gathered.readdress)}),
  );
  const packed = withFields<ModelProto>(model, {graph, functions});
  return {model: writeModel(packed), weights: gathered.ranges};
}
