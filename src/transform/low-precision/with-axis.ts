import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {nodeProto} from '../../network/node-proto.js';
import {withFields} from '../../network/with-fields.js';

/** The node with `axis` as its attribute; without one if that is undefined. */
export function withAxis(node: NodeProto, axis: number | undefined): NodeProto {
  const {attribute} = nodeProto('', [], [], axis === undefined ? {} : {axis: BigInt(axis)});
  const others = node.attribute.filter(({name}) => name !== 'axis');
  return withFields(node, {attribute: [...others, ...attribute]});
}
