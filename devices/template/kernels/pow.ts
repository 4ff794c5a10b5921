import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {isWide, newElements} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {broadcast} from '../broadcast.js';
import {required} from './required.js';

/** `Pow`: base and exponent may be of two types, and the result is of the base's. */
export const pow: KernelBuilder = () => inputs => {
  const [base, exponent] = [required(inputs, 0), required(inputs, 1)];
  const raised = broadcast(inDouble(base), inDouble(exponent), 'f64', {number: power});
  return [outOfDouble(raised, base.type as NumericType)];
};

/** In C, one to any power is one; in JavaScript, one to the power of NaN is NaN. */
function power(base: number, exponent: number): number {
  return base === 1 ? 1 : base ** exponent;
}

function inDouble({shape, data}: TensorData): TensorData {
  return {type: 'f64', shape, data: Float64Array.from(data as ArrayLike<number | bigint>, Number)};
}

function outOfDouble({shape, data}: TensorData, type: NumericType): TensorData {
  const result = newElements(type, data.length);
  const values = data as Float64Array;
  if (isWide(result)) result.set(Array.from(values, toWide));
  else result.set(values);
  return {type, shape, data: result};
}

function toWide(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}
