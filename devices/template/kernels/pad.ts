import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {
  isWide,
  type NarrowElements,
  narrow,
  newElements,
  numbersOf,
} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {axisOf, offsetsAlong, sizeOf, stridesOf} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';

const modes = ['constant', 'reflect', 'edge', 'wrap'] as const;
type Mode = (typeof modes)[number];

/** `Pad` up to operator set 10: pads and their value are attributes. */
export const padByAttributes: KernelBuilder = ({attributes}) => {
  const mode = attributes.choice('mode', 'constant', modes);
  const pads = attributes.ints('pads') ?? [];
  const value = attributes.float('value', 0);
  return inputs => [padded(required(inputs, 0), pads, mode, value)];
};

/** `Pad` from operator set 11 on: pads, their value and the axes are inputs. Negative pads crop. */
export const pad: KernelBuilder = ({attributes}) => {
  const mode = attributes.choice('mode', 'constant', modes);
  return inputs => {
    const input = required(inputs, 0);
    const rank = input.shape.length;
    const given = numbersOf(required(inputs, 1));
    const axes = inputs[3] && numbersOf(inputs[3]).map(axis => axisOf(axis, rank));
    return [padded(input, spread(given, axes, rank), mode, inputs[2]?.data[0] ?? 0)];
  };
};

/** Pads of some axes as those of all. */
function spread(given: readonly number[], axes: readonly number[] | undefined, rank: number) {
  if (axes === undefined) return given;
  const pads = new Array<number>(2 * rank).fill(0);
  for (const [index, axis] of axes.entries()) {
    pads[axis] = given[index] ?? 0;
    pads[axis + rank] = given[index + axes.length] ?? 0;
  }
  return pads;
}

function padded(
  input: TensorData,
  pads: readonly number[],
  mode: Mode,
  value: number | bigint | string,
): TensorData {
  const {shape, data} = input;
  const rank = shape.length;
  const result = shape.map((size, axis) => size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0));
  if (pads.length !== 2 * rank || result.some(size => size < 0)) {
    throw kernelFailure(`pads [${pads}] do not fit the shape [${shape}]`);
  }
  const strides = stridesOf(shape);
  const source = shape.map((size, axis) =>
    Int32Array.from({length: result[axis] ?? 0}, (_, index) =>
      sourceOf(index - (pads[axis] ?? 0), size, mode),
    ),
  );
  if (mode !== 'constant') {
    const steps = source.map((list, axis) => list.map(index => index * (strides[axis] ?? 0)));
    return take(input, result, offsetsAlong(steps));
  }
  const filled = newElements(input.type as NumericType, sizeOf(result));
  const inside = source.map(list => list.map((index, at) => (index < 0 ? -1 : at)));
  const [to, from] = [walk(inside, stridesOf(result)), walk(source, strides)];
  if (isWide(filled) && isWide(data)) {
    filled.fill(BigInt(value));
    for (let i = 0; i < to.length; i++) filled[to[i] ?? 0] = data[from[i] ?? 0] ?? 0n;
  } else {
    const [numbers, target] = [narrow(input), filled as NarrowElements];
    target.fill(Number(value));
    for (let i = 0; i < to.length; i++) target[to[i] ?? 0] = numbers[from[i] ?? 0] ?? 0;
  }
  return {...input, shape: result, data: filled} as TensorData;
}

/** Offsets of those places along each axis that are not padding. */
function walk(indices: readonly Int32Array[], strides: readonly number[]): Int32Array {
  return offsetsAlong(
    indices.map((list, axis) =>
      list.filter(index => index >= 0).map(index => index * (strides[axis] ?? 0)),
    ),
  );
}

/** Where along an axis of `size` an element comes from; -1 if it is filled. */
function sourceOf(index: number, size: number, mode: Mode): number {
  if (index >= 0 && index < size) return index;
  switch (mode) {
    case 'constant':
      return -1;
    case 'edge':
      return index < 0 ? 0 : size - 1;
    case 'wrap':
      return ((index % size) + size) % size;
    case 'reflect': {
      const period = Math.max(1, 2 * (size - 1));
      const within = ((index % period) + period) % period;
      return within < size ? within : period - within;
    }
  }
}
