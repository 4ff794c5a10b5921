import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow, numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import type {NodeAttributes} from '../../../src/plugin/graph/node-attributes.js';
import {
  aroundAxis,
  axisOf,
  offsetsAlong,
  type Shape,
  stridesOf,
} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';
import {cubicFilter, type Filter, linearFilter, smoothTaps} from './smooth-taps.js';
import {roundings, sourcePositions, transforms} from './source-positions.js';

type Inputs = readonly (TensorData | undefined)[];

/** `Resize` by scales or to sizes, or of a region: nearest, linear or cubic, along any axes. */
export const resize: KernelBuilder = node => {
  const {attributes} = node;
  attributes.choice('keep_aspect_ratio_policy', 'stretch', ['stretch']);
  const mode = attributes.choice('mode', 'nearest', ['nearest', 'linear', 'cubic']);
  const way = attributes.choice('coordinate_transformation_mode', 'half_pixel', transformNames);
  const crops = way === 'tf_crop_and_resize';
  const round = roundings[attributes.choice('nearest_mode', 'round_prefer_floor', roundingNames)];
  const axes = attributes.ints('axes');
  const filter = smoothing(node, mode);
  const leavesOut = attributes.flag('exclude_outside', false);
  const tapsOf = mode === 'cubic' ? cubicTapsOf(attributes) : linearTaps;
  const outside = attributes.float('extrapolation_value', 0);
  return inputs => {
    const input = required(inputs, 0);
    const regions = crops ? regionsOf(input, inputs[1], axes) : [];
    const target = {...targetOf(input, inputs, axes), regions};
    const positions = sourcePositions(input.shape, target, transforms[way]);
    const tapsAlong = (axis: number) =>
      filter && smoothTaps(filter, target.scales[axis] ?? 1, leavesOut);
    const result =
      mode === 'nearest'
        ? nearest(input, target.sizes, positions, round)
        : positions.reduce(
            (sum, at, axis) => interpolated(sum, axis, at, tapsAlong(axis) ?? tapsOf),
            input,
          );
    return [crops ? filledOutside(result, input.shape, positions, outside) : result];
  };
};

const transformNames = Object.keys(transforms) as (keyof typeof transforms)[];
const roundingNames = Object.keys(roundings) as (keyof typeof roundings)[];

/** The filter that `antialias` widens; undefined where nothing is smoothed. */
function smoothing({attributes}: NodeSetting, mode: string): Filter | undefined {
  if (mode === 'nearest') attributes.expectInt('antialias', 0);
  if (!attributes.flag('antialias', false)) return undefined;
  return mode === 'cubic' ? cubicFilter(attributes.float('cubic_coeff_a', -0.75)) : linearFilter;
}

export interface ResizeTarget {
  readonly sizes: Shape;
  readonly scales: readonly number[];
  /** What is cropped out along each axis; all of it where there is none. */
  readonly regions: readonly (readonly [start: number, end: number])[];
}

function targetOf(
  input: TensorData,
  inputs: Inputs,
  axes: Shape | undefined,
): Omit<ResizeTarget, 'regions'> {
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

/** `roi` holds where the region starts along each axis, then where it ends. */
function regionsOf(
  {shape}: TensorData,
  roi: TensorData | undefined,
  axes: Shape | undefined,
): ResizeTarget['regions'] {
  const given = roi === undefined ? [] : numbersOf(roi);
  const [none, all] = [shape.map(() => 0), shape.map(() => 1)];
  const starts = spread(given.slice(0, given.length / 2), axes, none);
  const ends = spread(given.slice(given.length / 2), axes, all);
  return starts.map((start, axis) => [start, ends[axis] ?? 1]);
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

function cubicTapsOf(attributes: NodeAttributes): (position: number, size: number) => Taps {
  const taps = cubicTaps(attributes.float('cubic_coeff_a', -0.75));
  if (!attributes.flag('exclude_outside', false)) return taps;
  return (position, size) => {
    const inside = taps(position).filter(([place]) => place >= 0 && place < size);
    const sum = inside.reduce((total, [, weight]) => total + weight, 0);
    return inside.map(([place, weight]) => [place, weight / sum]);
  };
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

/** `value` wherever a position lies outside the input. */
function filledOutside(
  result: TensorData,
  shape: Shape,
  positions: readonly Float64Array[],
  value: number,
): TensorData {
  const data = narrow(result).slice();
  for (const [axis, at] of positions.entries()) {
    const [outer, size, inner] = aroundAxis(result.shape, axis);
    const last = (shape[axis] ?? 1) - 1;
    for (const [index, position] of at.entries()) {
      if (position >= 0 && position <= last) continue;
      for (let o = 0; o < outer; o++) {
        const start = (o * size + index) * inner;
        data.fill(value, start, start + inner);
      }
    }
  }
  return {...result, data} as TensorData;
}
