import {numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {
  broadcastShape,
  broadcastStrides,
  offsetsAlong,
  offsetsOf,
  stridesOf,
} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';

/** `Expand`: broadcast to a shape. */
export const expand: KernelBuilder = () => inputs => {
  const input = required(inputs, 0);
  const shape = broadcastShape(input.shape, numbersOf(required(inputs, 1)));
  return [take(input, shape, offsetsOf(shape, broadcastStrides(input.shape, shape)))];
};

/** `Tile`: repeated along each axis. */
export const tile: KernelBuilder = () => inputs => {
  const input = required(inputs, 0);
  const {shape} = input;
  const repeats = numbersOf(required(inputs, 1));
  if (repeats.length !== shape.length) {
    throw kernelFailure(`repeats [${repeats}]: expected one for each dimension of [${shape}]`);
  }
  const strides = stridesOf(shape);
  const result = shape.map((size, axis) => size * (repeats[axis] ?? 1));
  const steps = shape.map((size, axis) =>
    Int32Array.from({length: result[axis] ?? 0}, (_, i) => (i % size) * (strides[axis] ?? 0)),
  );
  return [take(input, result, offsetsAlong(steps))];
};
