import {invariant} from '../errors.js';
import {gatherWeights, type WeightRange} from './gather-weights.js';
import type {ModelProto} from './generated/onnx_pb.js';
import {mapNodeTensors, mapTensors} from './map-tensors.js';
import type {Network} from './network.js';
import {withFields} from './with-fields.js';
import {writeModel} from './write-model.js';

/** A whole network whose external tensors are in one weights file, as the bulk store keeps it. */
export interface PackedNetwork {
  readonly model: Uint8Array;
  /** The content of the weights file; empty if every tensor is inside the model. */
  readonly weights: readonly WeightRange[];
}

export function packWeights({model}: Network): PackedNetwork {
  invariant(model.graph !== undefined, 'a network that was read has a graph');
  const gathered = gatherWeights();
  const graph = mapTensors(model.graph, gathered.readdress);
  const functions = model.functions.map(each =>
    withFields(each, {node: mapNodeTensors(each.node, gathered.readdress)}),
  );
  const packed = withFields<ModelProto>(model, {graph, functions});
  return {model: writeModel(packed), weights: gathered.ranges};
}
