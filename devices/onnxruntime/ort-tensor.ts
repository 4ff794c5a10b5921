import type {Tensor} from 'onnxruntime-node';
import {type ElementData, type ElementType, elementTypes} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';

const ortTypes: Readonly<Record<ElementType, Tensor.Type>> = {
  bool: 'bool',
  f16: 'float16',
  f32: 'float32',
  f64: 'float64',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  u8: 'uint8',
  u16: 'uint16',
  u32: 'uint32',
  u64: 'uint64',
  string: 'string',
};

const byOrtType = new Map<Tensor.Type, ElementType>(
  elementTypes.map(type => [ortTypes[type], type]),
);

/** The element type for one of ONNX Runtime's; undefined for one that does not travel. */
export function elementTypeOfOrt(type: Tensor.Type): ElementType | undefined {
  return byOrtType.get(type);
}

/**
 * A view of `tensor` for ONNX Runtime, without the checks of its Tensor class: where Node has
 * Float16Array, that makes one of float16, and the native binding takes it for empty.
 */
export function toOrt({type, shape, data}: TensorData): Tensor {
  const tensor = {type: ortTypes[type], dims: shape, data, size: data.length, location: 'cpu'};
  return tensor as unknown as Tensor;
}

/** A view of what ONNX Runtime gave. Throws STAGE_FAILED for what does not travel. */
export function fromOrt(name: string, tensor: Tensor | undefined): TensorData {
  const type = tensor && elementTypeOfOrt(tensor.type);
  if (tensor === undefined || type === undefined) {
    const given = tensor === undefined ? 'nothing' : `a tensor of ${tensor.type}`;
    throw new InferenceError('STAGE_FAILED', `output ${name}: expected a tensor, got ${given}`);
  }
  return {type, shape: tensor.dims, data: elements(type, tensor.data)};
}

/** Float16 as its bits: a Node that has Float16Array is given one. */
function elements(type: ElementType, data: Tensor.DataType): ElementData[ElementType] {
  if (type !== 'f16' || !ArrayBuffer.isView(data) || data instanceof Uint16Array) {
    return data as ElementData[ElementType];
  }
  return new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
}
