import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow, numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {
  aroundAxis,
  axisOf,
  offsetsAlong,
  type Shape,
  stridesOf,
} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';
import {roundings, sourcePositions, transforms} from './source-positions.js';

type Inputs = readonly (TensorData | undefined)[];

/** `Resize` by scales or to sizes: nearest, linear or cubic, along any axes. */
export const resize: KernelBuilder = node => {
  refuse(node);
  const {attributes} = node;
  const mode = attributes.choice('mode', 'nearest', ['nearest', 'linear', 'cubic']);
  const transform =
    transforms[attributes.choice('coordinate_transformation_mode', 'half_pixel', transformNames)];
  const round = roundings[attributes.choice('nearest_mode', 'round_prefer_floor', roundingNames)];
  const axes = attributes.ints('axes');
  const tapsOf =
    mode === 'cubic' ? cubicTaps(attributes.float('cubic_coeff_a', -0.75)) : linearTaps;
  return inputs => {
    const input = required(inputs, 0);
    const target = targetOf(input, inputs, axes);
    const positions = sourcePositions(input.shape, target, transform);
    if (mode === 'nearest') return [nearest(input, target.sizes, positions, round)];
    return [positions.reduce((sum, at, axis) => interpolated(sum, axis, at, tapsOf), input)];
  };
};

const transformNames = Object.keys(transforms) as (keyof typeof transforms)[];
const roundingNames = Object.keys(roundings) as (keyof typeof roundings)[];

function refuse({attributes}: NodeSetting): void {
  attributes.expectInt('antialias', 0);
  attributes.expectInt('exclude_outside', 0);
  attributes.choice('keep_aspect_ratio_policy', 'stretch', ['stretch']);
}

export interface ResizeTarget {
  readonly sizes: Shape;
  readonly scales: readonly number[];
}

function targetOf(input: TensorData, inputs: Inputs, axes: Shape | undefined): ResizeTarget {
  const {shape} = input;
  const [scales, sizes] = [inputs[2], inputs[3]];
  if (sizes !== undefined && sizes.data.length > 0) {
    const wanted = spread(numbersOf(sizes), axes, shape);
    return {sizes: wanted, scales: wanted.map((size, axis) => size / (shape[axis] ?? 1))};
  }
  if (scales === undefined) throw kernelFailure('expected scales or sizes, given none');
  const factors = spread(
    numbersOf(scales),
    axes,
    shape.map(() => 1),
  );
  return {
    sizes: shape.map((size, axis) => Math.floor(size * (factors[axis] ?? 1))),
    scales: factors,
  };
}

/** Values for some axes as values for all; `others` holds what the rest have. */
function spread(
  given: readonly number[],
  axes: Shape | undefined,
  others: Shape,
): readonly number[] {
  const places = axes?.map(axis => axisOf(axis, others.length)) ?? others.map((_, axis) => axis);
  if (given.length !== places.length) {
    throw kernelFailure(`[${given}]: expected one for each of ${places.length} axes`);
  }
  const all = [...others];
  for (const [index, axis] of places.entries()) all[axis] = given[index] ?? 1;
  return all;
}

function nearest(
  input: TensorData,
  sizes: Shape,
  positions: readonly Float64Array[],
  round: (position: number) => number,
): TensorData {
  const strides = stridesOf(input.shape);
  const steps = positions.map((at, axis) => {
    const last = (input.shape[axis] ?? 1) - 1;
    const index = (position: number) => Math.min(last, Math.max(0, round(position)));
    return Int32Array.from(at, position => index(position) * (strides[axis] ?? 0));
  });
  return take(input, sizes, offsetsAlong(steps));
}

/** What an element is made of: places along an axis, and how much each weighs. */
type Taps = readonly (readonly [place: number, weight: number])[];

/** Between two neighbours. */
function linearTaps(position: number, size: number): Taps {
  const inside = Math.min(size - 1, Math.max(0, position));
  const low = Math.floor(inside);
  const weight = inside - low;
  return [
    [low, 1 - weight],
    [low + 1, weight],
  ];
}

/** Between four: R. Keys, Cubic convolution interpolation for digital image processing, 1981. */
function cubicTaps(a: number): (position: number) => Taps {
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return position => {
    const low = Math.floor(position);
    const x = position - low;
    return [
      [low - 1, far(x + 1)],
      [low, near(x)],
      [low + 1, near(1 - x)],
      [low + 2, far(2 - x)],
    ];
  };
}

/** One axis at a time; beyond its ends, the outermost elements go on. */
function interpolated(
  input: TensorData,
  axis: number,
  positions: Float64Array,
  tapsOf: (position: number, size: number) => Taps,
): TensorData {
  const [outer, size, inner] = aroundAxis(input.shape, axis);
  if (size === positions.length && positions.every((at, index) => at === index)) return input;
  const from = narrow(input);
  const data = newNarrow(input.type, outer * positions.length * inner);
  const taps = Array.from(positions, position => tapsOf(position, size));
  let to = 0;
  for (let o = 0; o < outer; o++) {
    for (const each of taps) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (const [place, weight] of each) {
          const inside = Math.min(size - 1, Math.max(0, place));
          sum += (from[(o * size + inside) * inner + i] ?? 0) * weight;
        }
        data[to++] = sum;
      }
    }
  }
  return {...input, shape: input.shape.with(axis, positions.length), data} as TensorData;
}
