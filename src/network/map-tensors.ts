import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from './generated/onnx_pb.js';
import {withBodies} from './with-bodies.js';
import {withFields} from './with-fields.js';

type Change = (tensor: TensorProto) => TensorProto;

/** The graph with every tensor of it and its bodies replaced by what `change` makes of it. */
export function mapTensors(graph: GraphProto, change: Change): GraphProto {
  return withFields(graph, {
    initializer: graph.initializer.map(change),
    sparseInitializer: graph.sparseInitializer.map(sparse => mapSparse(sparse, change)),
    node: mapNodeTensors(graph.node, change),
  });
}

/** The same for nodes: the tensors of their attributes and bodies. */
export function mapNodeTensors(nodes: readonly NodeProto[], change: Change): NodeProto[] {
  return nodes.map(node => {
    const own = node.attribute.some(hasTensors)
      ? withFields(node, {attribute: node.attribute.map(each => mapAttribute(each, change))})
      : node;
    return withBodies(own, body => mapTensors(body, change));
  });
}

function hasTensors({t, tensors, sparseTensor, sparseTensors}: AttributeProto): boolean {
  return (t ?? sparseTensor) !== undefined || tensors.length + sparseTensors.length > 0;
}

function mapAttribute(attribute: AttributeProto, change: Change): AttributeProto {
  const {t, tensors, sparseTensor, sparseTensors} = attribute;
  return withFields(attribute, {
    ...(t && {t: change(t)}),
    tensors: tensors.map(change),
    ...(sparseTensor && {sparseTensor: mapSparse(sparseTensor, change)}),
    sparseTensors: sparseTensors.map(each => mapSparse(each, change)),
  });
}

function mapSparse(sparse: SparseTensorProto, change: Change): SparseTensorProto {
  const {values, indices} = sparse;
  return withFields(sparse, {
    ...(values && {values: change(values)}),
    ...(indices && {indices: change(indices)}),
  });
}
