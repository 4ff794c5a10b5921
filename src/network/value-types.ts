import {create} from '@bufbuild/protobuf';
import {type ElementType, elementTypeOfOnnx, onnxDataTypes} from '../../schemas/element-type.js';
import type {ValueInfo} from '../../schemas/network-graph.js';
import type {Dimension, TensorInfo} from '../../schemas/tensor.js';
import {
  type TensorShapeProto,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.js';

/** A dimension that nothing is known of, not even a name. */
const nameless = '?';

/**
 * What a file says of a value's type; undefined if nothing. A tensor whose elements do not travel
 * (bfloat16, complex numbers, …) is `other`, as a sequence is.
 */
export function valueInfoOf(type: TypeProto | undefined): ValueInfo | undefined {
  if (type?.value.case === undefined) return undefined;
  if (type.value.case !== 'tensorType') return {kind: 'other'};
  const {elemType, shape} = type.value.value;
  if (elemType === 0) return undefined;
  const element = elementTypeOfOnnx(elemType);
  if (element === undefined) return {kind: 'other'};
  return {kind: 'tensor', type: element, shape: dimensionsOf(shape)};
}

function dimensionsOf(shape: TensorShapeProto | undefined): readonly Dimension[] | null {
  if (shape === undefined) return null;
  return shape.dim.map(({value}) => {
    if (value.case === 'dimParam') return value.value === '' ? nameless : value.value;
    // Exporters write -1 for a dimension that they do not know.
    if (value.case === undefined || value.value < 0n) return nameless;
    return value.value > BigInt(Number.MAX_SAFE_INTEGER) ? nameless : Number(value.value);
  });
}

/** A type as a person reads it: `a sequence`, `a tensor of ONNX data type 16`. */
export function describeType(type: TypeProto | undefined): string {
  switch (type?.value.case) {
    case 'tensorType':
      return `a tensor of ONNX data type ${type.value.value.elemType}`;
    case 'sequenceType':
      return 'a sequence';
    case 'mapType':
      return 'a map';
    case 'optionalType':
      return 'an optional';
    case 'sparseTensorType':
      return 'a sparse tensor';
    case 'opaqueType':
      return 'opaque';
    default:
      return 'untyped';
  }
}

/** `type` is undefined where only the name is known. */
export function valueInfoProto(name: string, type?: TypeProto): ValueInfoProto {
  return create(ValueInfoProtoSchema, type === undefined ? {name} : {name, type});
}

export function typedValue({name, type, shape}: TensorInfo): ValueInfoProto {
  return valueInfoProto(name, tensorType(type, shape));
}

export function tensorType(type: ElementType, shape: readonly Dimension[] | null): TypeProto {
  return tensorTypeOfOnnx(onnxDataTypes[type], shape);
}

/** The type of a tensor with this `TensorProto.DataType`, one that does not travel too. */
export function tensorTypeOfOnnx(elemType: number, shape: readonly Dimension[] | null): TypeProto {
  const value = create(TypeProto_TensorSchema, {elemType});
  if (shape !== null) {
    value.shape = create(TensorShapeProtoSchema, {dim: shape.map(dimensionProto)});
  }
  return create(TypeProtoSchema, {value: {case: 'tensorType', value}});
}

function dimensionProto(dimension: Dimension) {
  if (dimension === nameless) return create(TensorShapeProto_DimensionSchema);
  if (typeof dimension === 'string') {
    return create(TensorShapeProto_DimensionSchema, {value: {case: 'dimParam', value: dimension}});
  }
  const value = BigInt(dimension);
  return create(TensorShapeProto_DimensionSchema, {value: {case: 'dimValue', value}});
}
