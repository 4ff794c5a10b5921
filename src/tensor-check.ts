import {elementLayouts, elementTypes} from '../schemas/element-type.js';
import type {Dimension, TensorData, TensorInfo} from '../schemas/tensor.js';
import {InferenceError} from './errors.js';

/** `[1,3,N]`; `[...]` where not even the rank is known. */
export function formatShape(shape: readonly Dimension[] | null): string {
  return shape === null ? '[...]' : `[${shape.join(',')}]`;
}

/** The number of elements of a shape; one for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Throws if a tensor is no tensor: unknown type, shape that is none, count of elements that lies. */
export function checkTensor(tensor: TensorData, name: string): void {
  const {type, shape, data} = tensor;
  if (!elementTypes.includes(type)) {
    const expected = elementTypes.join(', ');
    throw new InferenceError(
      'TYPE_MISMATCH',
      `${name}: expected an element type out of ${expected}, given ${String(type)}`,
    );
  }
  if (!shape.every(dimension => Number.isSafeInteger(dimension) && dimension >= 0)) {
    throw new InferenceError(
      'SHAPE_MISMATCH',
      `${name}: expected dimensions that are whole numbers from 0, given ${formatShape(shape)}`,
    );
  }
  const expectsArray = type === 'string' ? Array : elementLayouts[type].array;
  if (!(data instanceof expectsArray)) {
    const given = Object.prototype.toString.call(data).slice(8, -1);
    throw new InferenceError(
      'TYPE_MISMATCH',
      `${name}: ${type} elements are held in ${expectsArray.name}, given ${given}`,
    );
  }
  const expected = elementCount(shape);
  if (data.length !== expected) {
    throw new InferenceError(
      'SIZE_MISMATCH',
      `${name}: shape ${formatShape(shape)} needs ${expected} elements, given ${data.length}`,
    );
  }
}

/** Throws unless `tensor` may be given where `info` is expected. */
export function checkTensorFits(info: TensorInfo, tensor: TensorData): void {
  checkTensor(tensor, info.name);
  if (tensor.type !== info.type) {
    throw new InferenceError(
      'TYPE_MISMATCH',
      `${info.name}: expected element type ${info.type}, given ${tensor.type}`,
    );
  }
  if (info.shape !== null && !shapeFits(info.shape, tensor.shape)) {
    const expected = formatShape(info.shape);
    throw new InferenceError(
      'SHAPE_MISMATCH',
      `${info.name}: expected shape ${expected}, given ${formatShape(tensor.shape)}`,
    );
  }
}

function shapeFits(expected: readonly Dimension[], given: readonly number[]): boolean {
  if (expected.length !== given.length) return false;
  return expected.every((dimension, axis) => {
    return typeof dimension === 'string' || dimension === given[axis];
  });
}
