import {elementTypeOfOnnx} from '../../schemas/element-type.js';
import {invariant} from '../errors.js';
import {dropWeights} from './drop-weights.js';
import {isExternal} from './external-data.js';
import type {ModelProto, TensorProto} from './generated/onnx_pb.js';
import {canBeHollow, hollowTensors} from './hollow-tensors.js';
import type {Network} from './network.js';
import {networkOf} from './network-of.js';
import {tensorBytes} from './tensor-bytes.js';
import {withFields} from './with-fields.js';

/**
 * The network without its weights, light enough to send to every device and to infer types on:
 * every tensor above `tensorBytesMax` and every external one becomes a required input of its type
 * and shape, or an initializer of zeros where its element type does not travel. Operations keep
 * their names; `Constant` nodes with such a tensor are gone.
 */
export function skeleton(network: Network, tensorBytesMax: number): Network {
  invariant(network.model.graph !== undefined, 'a network that was read has a graph');
  const isHeavy = (tensor: TensorProto) =>
    isExternal(tensor) || tensorBytes(tensor) > tensorBytesMax;
  const travels = ({dataType}: TensorProto) => elementTypeOfOnnx(dataType) !== undefined;
  const light = dropWeights(network.model.graph, tensor => travels(tensor) && isHeavy(tensor));
  const graph = hollowTensors(light, tensor => canBeHollow(tensor) && isHeavy(tensor));
  return networkOf(withFields<ModelProto>(network.model, {graph}), graph);
}
