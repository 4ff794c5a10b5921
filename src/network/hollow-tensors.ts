import {create} from '@bufbuild/protobuf';
import {onnxDataTypes} from '../../schemas/element-type.js';
import {
  type GraphProto,
  type SparseTensorProto,
  SparseTensorProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from './generated/onnx_pb.js';
import {withFields} from './with-fields.js';

/** bfloat16 and the 8-bit floats: no input can be of these, but ONNX Runtime takes them sparse. */
const hollowTypes: ReadonlySet<number> = new Set([16, 17, 18, 19, 20]);

export function canBeHollow({dataType}: TensorProto): boolean {
  return hollowTypes.has(dataType);
}

/**
 * The graph with these initializers as sparse ones that list no element: their type and shape
 * remain, their values are zeros and take no bytes.
 */
export function hollowTensors(
  graph: GraphProto,
  isHollow: (tensor: TensorProto) => boolean,
): GraphProto {
  const hollow = graph.initializer.filter(isHollow).map(hollowTensor);
  return withFields(graph, {
    initializer: graph.initializer.filter(tensor => !isHollow(tensor)),
    sparseInitializer: [...graph.sparseInitializer, ...hollow],
  });
}

function hollowTensor({name, dataType, dims}: TensorProto): SparseTensorProto {
  const none = {dims: [0n], rawData: new Uint8Array()};
  return create(SparseTensorProtoSchema, {
    values: create(TensorProtoSchema, {...none, name, dataType}),
    indices: create(TensorProtoSchema, {...none, dataType: onnxDataTypes.i64}),
    dims,
  });
}
