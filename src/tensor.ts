import type {ElementData, ElementType} from '../schemas/element-type.js';
import type {TensorData} from '../schemas/tensor.js';
import {InferenceError} from './errors.js';
import {checkTensor, elementCount, formatShape} from './tensor-check.js';

/**
 * A tensor: `shape` (no dimensions for a scalar) and its elements, row-major, in the array that
 * belongs to its type: `Float32Array` for `f32`, `BigInt64Array` for `i64`, `Uint16Array` (the bits)
 * for `f16`, `Uint8Array` (0 or 1) for `bool`, `string[]` for `string`.
 */
export class Tensor<T extends ElementType = ElementType> implements TensorData<T> {
  readonly type: T;
  readonly shape: readonly number[];
  readonly data: ElementData[T];

  /**
   * Holds `data` itself, not a copy. Throws TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH where
   * type, shape and data do not belong together.
   */
  constructor(type: T, shape: readonly number[], data: ElementData[T]) {
    this.type = type;
    this.shape = Array.isArray(shape) ? [...shape] : shape;
    this.data = data;
    checkTensor(this, 'tensor');
  }

  /** The number of elements. */
  get size(): number {
    return elementCount(this.shape);
  }

  /**
   * A user's value as a tensor; throws TYPE_MISMATCH for what has no type, shape and data. Whatever
   * may answer differently at each look, such as a subclass with accessors, is looked at once.
   */
  static from(value: unknown, name: string): Tensor {
    if (isPlain(value)) return value;
    if (isTensorLike(value)) {
      const {type, shape, data} = value;
      checkTensor({type, shape, data}, name);
      return new Tensor(type, shape, data);
    }
    const given = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
    throw new InferenceError(
      'TYPE_MISMATCH',
      `${name}: expected a Tensor (type, shape, data), given ${given}`,
    );
  }

  toString(): string {
    return `${this.type}${formatShape(this.shape)}`;
  }
}

/** A Tensor as its constructor left it. */
function isPlain(value: unknown): value is Tensor {
  if (!(value instanceof Tensor) || Object.getPrototypeOf(value) !== Tensor.prototype) return false;
  return Object.getOwnPropertyDescriptor(value, 'data')?.get === undefined;
}

function isTensorLike(value: unknown): value is TensorData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    'shape' in value &&
    'data' in value &&
    Array.isArray(value.shape)
  );
}
