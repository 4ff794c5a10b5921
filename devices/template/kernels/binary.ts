import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import type {Kernel, KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {broadcast, type Combination} from '../broadcast.js';
import {required} from './required.js';
import {mapped} from './unary.js';

/** Two inputs, combined element by element into a tensor of their type. */
export function binary(combination: Combination): KernelBuilder {
  return () => inputs => {
    const [a, b] = [required(inputs, 0), required(inputs, 1)];
    return [broadcast(a, b, a.type as NumericType, combination)];
  };
}

/** Two inputs, compared element by element: booleans. */
export function comparison(combination: Combination): KernelBuilder {
  return () => inputs => [broadcast(required(inputs, 0), required(inputs, 1), 'bool', combination)];
}

/** `Mean`: the sum of all inputs, divided by their number. */
export const average: KernelBuilder = () => inputs => {
  const sum = combined(inputs, {number: (a, b) => a + b});
  return [mapped(sum, x => x / inputs.length)];
};

/** Any number of inputs, combined from the first to the last. */
export function variadic(combination: Combination): KernelBuilder {
  return () => inputs => {
    return [combined(inputs, combination)];
  };
}

function combined(inputs: Parameters<Kernel>[0], combination: Combination): TensorData {
  const [first, ...others] = inputs.map((_, index) => required(inputs, index));
  if (first === undefined) throw kernelFailure('expected an input or more');
  const type = first.type as NumericType;
  return others.reduce((sum, next) => broadcast(sum, next, type, combination), first);
}
