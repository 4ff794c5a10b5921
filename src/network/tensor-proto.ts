import {create} from '@bufbuild/protobuf';
import {
  type ElementData,
  elementLayouts,
  elementTypeOfOnnx,
  type NumericType,
  onnxDataTypes,
} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {isExternal} from './external-data.js';
import {type TensorProto, TensorProtoSchema} from './generated/onnx_pb.js';
import {elementCount} from './tensor-bytes.js';

/** A TensorProto with these values. Numbers are a view of `tensor`'s, not a copy. */
export function tensorProto(name: string, tensor: TensorData): TensorProto {
  const dims = tensor.shape.map(BigInt);
  const head = {name, dims, dataType: onnxDataTypes[tensor.type]};
  if (isText(tensor)) {
    const encoder = new TextEncoder();
    return create(TensorProtoSchema, {
      ...head,
      stringData: tensor.data.map(t => encoder.encode(t)),
    });
  }
  const {buffer, byteOffset, byteLength} = tensor.data as ElementData[NumericType];
  return create(TensorProtoSchema, {
    ...head,
    rawData: new Uint8Array(buffer, byteOffset, byteLength),
  });
}

/**
 * A copy of the values in a TensorProto. Throws INVALID_NETWORK if they are not as many as its
 * shape needs or lie outside the model, NOT_IMPLEMENTED for an element type that does not travel.
 */
export function readTensor(tensor: TensorProto): TensorData {
  const type = elementTypeOfOnnx(tensor.dataType);
  if (type === undefined) {
    const message = `tensor "${tensor.name}" has the ONNX data type ${tensor.dataType}`;
    throw new InferenceError('NOT_IMPLEMENTED', `${message}: expected a type that travels`);
  }
  if (isExternal(tensor)) throw invalid(tensor, 'lies outside the model');
  if (tensor.segment !== undefined) throw invalid(tensor, 'is only a segment');
  const count = elementCount(tensor.dims, tensor.name);
  const shape = tensor.dims.map(Number);
  if (type === 'string') return {type, shape, data: textOf(tensor, count)};
  const data = Object.hasOwn(tensor, 'rawData')
    ? rawElements(tensor, type, count)
    : typedElements(tensor, type, count);
  return {type, shape, data};
}

function isText(tensor: TensorData): tensor is TensorData<'string'> {
  return tensor.type === 'string';
}

function textOf(tensor: TensorProto, count: number): readonly string[] {
  checkCount(tensor, 'strings', tensor.stringData.length, count);
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
  return tensor.stringData.map(text => decoder.decode(text));
}

function rawElements(tensor: TensorProto, type: NumericType, count: number) {
  const layout = elementLayouts[type];
  checkCount(tensor, 'bytes', tensor.rawData.length, count * layout.bytes);
  // A copy is aligned; the view of the file may not be. (A Buffer's `slice` would be no copy.)
  return new layout.array(new Uint8Array(tensor.rawData).buffer, 0, count);
}

/** The repeated field that holds elements of `type` where they are not raw: one number each. */
function typedElements(tensor: TensorProto, type: NumericType, count: number) {
  const numbers = typedField(tensor, type);
  checkCount(tensor, 'elements', numbers.length, count);
  const layout = elementLayouts[type];
  const data = new layout.array(new ArrayBuffer(count * layout.bytes), 0, count);
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (const [index, number] of numbers.entries()) {
    data[index] = isWide ? BigInt(number) : Number(number);
  }
  return data;
}

function typedField(tensor: TensorProto, type: NumericType): readonly (number | bigint)[] {
  switch (type) {
    case 'f32':
      return tensor.floatData;
    case 'f64':
      return tensor.doubleData;
    case 'i64':
      return tensor.int64Data;
    case 'u32':
    case 'u64':
      return tensor.uint64Data;
    default:
      return tensor.int32Data;
  }
}

function checkCount(tensor: TensorProto, unit: string, given: number, expected: number): void {
  if (given === expected) return;
  throw invalid(tensor, `holds ${given} ${unit} where its type and shape need ${expected}`);
}

function invalid(tensor: TensorProto, what: string): InferenceError {
  return new InferenceError('INVALID_NETWORK', `tensor "${tensor.name}" ${what}`);
}
