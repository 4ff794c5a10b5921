import type {TensorData} from '../../../schemas/tensor.js';
import {numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {axisOf, offsetsOf, stridesOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {take} from '../take.js';
import {required} from './required.js';

/** `Split`: pieces along an axis. Their sizes are an attribute before operator set 13. */
export const split: KernelBuilder = node => {
  const {attributes, opset} = node;
  const axis = attributes.int('axis', 0);
  const fixed = opset < 13 ? attributes.ints('split') : undefined;
  const count = attributes.int('num_outputs', outputCount(node));
  return inputs => {
    const input = required(inputs, 0);
    const at = axisOf(axis, input.shape.length);
    const size = input.shape[at] ?? 0;
    const sizes = fixed ?? (opset >= 13 && inputs[1] ? numbersOf(inputs[1]) : evenly(size, count));
    return pieces(input, at, sizes);
  };
};

function outputCount({hasOutput}: NodeSetting): number {
  let count = 0;
  while (hasOutput(count)) count++;
  if (count === 0) throw unsupported('expected an output or more');
  return count;
}

/** The last piece is smaller where they cannot be equal. */
function evenly(size: number, count: number): readonly number[] {
  const each = Math.ceil(size / count);
  return Array.from({length: count}, (_, index) => Math.min(each, size - index * each));
}

function pieces(input: TensorData, axis: number, sizes: readonly number[]): TensorData[] {
  const {shape} = input;
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (sum !== shape[axis] || sizes.some(size => size < 0)) {
    throw kernelFailure(`axis ${axis} of shape [${shape}] cannot be split into [${sizes}]`);
  }
  const strides = stridesOf(shape);
  let start = 0;
  return sizes.map(size => {
    const piece = shape.with(axis, size);
    const offsets = offsetsOf(piece, strides, start * (strides[axis] ?? 0));
    start += size;
    return take(input, piece, offsets);
  });
}
