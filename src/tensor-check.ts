import {
  type ElementData,
  elementLayouts,
  elementTypes,
  type NumericType,
} from '../schemas/element-type.js';
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

/**
 * Throws if a tensor is no tensor: TYPE_MISMATCH for an unknown type or an array that is not of its
 * type, SHAPE_MISMATCH for a shape that is none, SIZE_MISMATCH for a count of elements that lies.
 */
export function checkTensor(tensor: TensorData, name: string): void {
  const {type, shape} = tensor;
  if (!elementTypes.includes(type)) {
    const expected = elementTypes.join(', ');
    throw new InferenceError(
      'TYPE_MISMATCH',
      `${name}: expected an element type out of ${expected}, given ${String(type)}`,
    );
  }
  if (!isShape(shape)) {
    const given = Array.isArray(shape) ? formatShape(shape) : String(shape);
    throw new InferenceError(
      'SHAPE_MISMATCH',
      `${name}: expected dimensions that are whole numbers from 0, given ${given}`,
    );
  }
  const given = countElements(tensor, name);
  const expected = elementCount(shape);
  if (given !== expected) {
    throw new InferenceError(
      'SIZE_MISMATCH',
      `${name}: shape ${formatShape(shape)} needs ${expected} elements, given ${given}`,
    );
  }
}

function isShape(shape: unknown): boolean {
  const isDimension = (each: unknown) => Number.isSafeInteger(each) && Number(each) >= 0;
  return Array.isArray(shape) && shape.every(isDimension);
}

/** By the bytes that are there: a subclass may say anything of its length. */
function countElements({type, data}: TensorData, name: string): number {
  const expectsArray = type === 'string' ? Array : elementLayouts[type].array;
  if (!(data instanceof expectsArray)) {
    const given = Object.prototype.toString.call(data).slice(8, -1);
    throw new InferenceError(
      'TYPE_MISMATCH',
      `${name}: ${type} elements are held in ${expectsArray.name}, given ${given}`,
    );
  }
  if (type !== 'string') {
    return (data as ElementData[NumericType]).byteLength / elementLayouts[type].bytes;
  }
  const odd = (data as readonly unknown[]).findIndex(each => typeof each !== 'string');
  if (odd < 0) return data.length;
  const text = `${name}: expected a string for each element, given ${typeof data[odd]} at ${odd}`;
  throw new InferenceError('TYPE_MISMATCH', text);
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
