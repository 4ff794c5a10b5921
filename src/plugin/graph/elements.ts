import {
  type ElementData,
  type ElementType,
  elementLayouts,
  type NumericType,
} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {invariant} from '../../errors.js';

/** The elements of a tensor of numbers. */
export type Elements = ElementData[NumericType];
/** Elements that are bigints: 64-bit integers. */
export type WideElements = BigInt64Array | BigUint64Array;
/** Elements that are numbers. */
export type NarrowElements = Exclude<Elements, WideElements>;

/** Zeros. */
export function newElements(type: NumericType, count: number): Elements {
  const {array, bytes} = elementLayouts[type];
  return new array(new ArrayBuffer(count * bytes), 0, count);
}

export function isWide(data: TensorData['data']): data is WideElements {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

export function isText(data: TensorData['data']): data is readonly string[] {
  return Array.isArray(data);
}

/** The numbers of a tensor whose type is known to be held in numbers. */
export function narrow({type, data}: TensorData): NarrowElements {
  invariant(!isText(data) && !isWide(data), `${type} is not held in numbers`);
  return data;
}

export function newNarrow(type: ElementType, count: number): NarrowElements {
  invariant(type !== 'string', 'text is not held in numbers');
  const data = newElements(type, count);
  invariant(!isWide(data), `${type} is not held in numbers`);
  return data;
}

/** Elements as numbers, for shapes, axes, indices and the like. */
export function numbersOf({data}: TensorData): readonly number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

/** The tensor, with 64-bit integers in place of other ones. */
export function indexTensor(shape: readonly number[], values: readonly number[]): TensorData {
  return {type: 'i64', shape, data: BigInt64Array.from(values, BigInt)};
}
