import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {aroundAxis, axisOf, type Shape, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {required} from './required.js';

/** What becomes of the elements along an axis, in place. */
export type Distribution = (elements: Float64Array) => void;

/** Softmax and its kin from operator set 13 on: along one axis. */
export function distribute(distribution: Distribution): KernelBuilder {
  return ({attributes}) => {
    const axis = attributes.int('axis', -1);
    return inputs => {
      const input = required(inputs, 0);
      const at = axisOf(axis, input.shape.length);
      return [distributed(input, aroundAxis(input.shape, at), distribution)];
    };
  };
}

/** Up to operator set 12: over all axes from one on, as if they were one. */
export function distributeFrom(distribution: Distribution): KernelBuilder {
  return ({attributes}) => {
    const axis = attributes.int('axis', 1);
    return inputs => {
      const input = required(inputs, 0);
      const at = axis === input.shape.length ? axis : axisOf(axis, input.shape.length);
      return [distributed(input, [...split(input.shape, at), 1], distribution)];
    };
  };
}

function split(shape: Shape, axis: number): [number, number] {
  return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
}

function distributed(
  input: TensorData,
  [outer, size, inner]: readonly [number, number, number],
  distribution: Distribution,
): TensorData {
  const {type, shape} = input;
  const from = narrow(input);
  const data = newNarrow(type, from.length);
  const line = new Float64Array(size);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const base = o * size * inner + i;
      for (let index = 0; index < size; index++) line[index] = from[base + index * inner] ?? 0;
      distribution(line);
      for (let index = 0; index < size; index++) data[base + index * inner] = line[index] ?? 0;
    }
  }
  return {type, shape, data};
}

/** The largest is subtracted first, so that no power overflows. */
export const softmax: Distribution = elements => {
  const most = elements.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let i = 0; i < elements.length; i++) {
    const power = Math.exp((elements[i] ?? 0) - most);
    elements[i] = power;
    sum += power;
  }
  for (let i = 0; i < elements.length; i++) elements[i] = (elements[i] ?? 0) / sum;
};

export const logSoftmax: Distribution = elements => {
  const most = elements.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = elements.reduce((total, element) => total + Math.exp(element - most), 0);
  for (let i = 0; i < elements.length; i++) elements[i] = (elements[i] ?? 0) - most - Math.log(sum);
};

/** One where the first of the largest is, zero elsewhere. */
export const hardmax: Distribution = elements => {
  const largest = elements.reduce(
    (best, element, i) => (element > (elements[best] ?? 0) ? i : best),
    0,
  );
  elements.fill(0);
  elements[largest] = 1;
};
