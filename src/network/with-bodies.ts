import type {AttributeProto, GraphProto, NodeProto} from './generated/onnx_pb.js';
import {withFields} from './with-fields.js';

/** The node with each of its bodies replaced by what `change` makes of it. */
export function withBodies(node: NodeProto, change: (body: GraphProto) => GraphProto): NodeProto {
  if (node.attribute.every(({g, graphs}) => g === undefined && graphs.length === 0)) return node;
  return withFields(node, {attribute: node.attribute.map(each => changed(each, change))});
}

function changed(
  attribute: AttributeProto,
  change: (body: GraphProto) => GraphProto,
): AttributeProto {
  const {g, graphs} = attribute;
  const copy =
    graphs.length === 0 ? attribute : withFields(attribute, {graphs: graphs.map(change)});
  return g === undefined ? copy : withFields(copy, {g: change(g)});
}
