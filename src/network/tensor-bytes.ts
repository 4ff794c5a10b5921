import {onnxDataTypes} from '../../schemas/element-type.js';
import {InferenceError} from '../errors.js';
import type {SparseTensorProto, TensorProto} from './generated/onnx_pb.js';

/** Bits of one element for each `TensorProto.DataType` of fixed size, those that do not travel too. */
const elementBits: ReadonlyMap<number, number> = new Map([
  ...[2, 3, 9, 17, 18, 19, 20, 24].map(type => [type, 8] as const),
  ...[4, 5, 10, 16].map(type => [type, 16] as const),
  ...[1, 6, 12].map(type => [type, 32] as const),
  ...[7, 11, 13, 14].map(type => [type, 64] as const),
  ...[21, 22, 23].map(type => [type, 4] as const),
  ...[25, 26].map(type => [type, 2] as const),
  ...[27, 28].map(type => [type, 6] as const),
  [15, 128],
]);

/** Elements of a tensor with these dimensions. Throws INVALID_NETWORK if they cannot be. */
export function elementCount(dims: readonly bigint[], name: string): number {
  if (dims.some(dim => dim < 0n)) throw invalidDims(dims, name);
  if (dims.includes(0n)) return 0;
  let count = 1n;
  for (const dim of dims) {
    count *= dim;
    // At once: the product of very many dimensions would take for ever.
    if (count > Number.MAX_SAFE_INTEGER) throw invalidDims(dims, name);
  }
  return Number(count);
}

/** Bytes of a tensor's elements, packed; undefined for strings and types without a fixed size. */
export function packedBytes(tensor: TensorProto): number | undefined {
  const count = elementCount(tensor.dims, tensor.name);
  const bits = elementBits.get(tensor.dataType);
  return bits === undefined ? undefined : Math.ceil((count * bits) / 8);
}

/** Bytes of a tensor's elements, wherever they are kept. */
export function tensorBytes(tensor: TensorProto): number {
  if (tensor.dataType === onnxDataTypes.string) {
    return tensor.stringData.reduce((sum, text) => sum + text.length, 0);
  }
  return packedBytes(tensor) ?? tensor.rawData.length;
}

/** Bytes of a sparse tensor's values and indices. */
export function sparseBytes({values, indices}: SparseTensorProto): number {
  return (values ? tensorBytes(values) : 0) + (indices ? tensorBytes(indices) : 0);
}

function invalidDims(dims: readonly bigint[], name: string): InferenceError {
  const first = dims.slice(0, 8).join();
  return new InferenceError('INVALID_NETWORK', `tensor "${name}" has dimensions [${first}]`);
}
