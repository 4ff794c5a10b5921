import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {invariant} from '../../../src/errors.js';
import {
  isWide,
  narrow,
  newElements,
  numbersOf,
  type WideElements,
} from '../../../src/plugin/graph/elements.js';
import type {Kernel, KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {axisOf, offsetsOf, sizeOf, stridesOf} from '../../../src/plugin/graph/shapes.js';
import {isWhole} from '../broadcast.js';
import {required} from './required.js';

/** How many elements become one. */
export interface Reduction {
  readonly start: number;
  add(sum: number, element: number): number;
  /** What the sum of `count` elements comes to. */
  end?(sum: number, count: number): number;
  /** For 64-bit integers; without it the operation does not take them. */
  readonly wide?: {readonly start?: bigint; add(sum: bigint, element: bigint): bigint};
}

/** `ReduceSum` and its kin: axes are an attribute before operator set `axesInputSince`. */
export function reduce(reduction: Reduction, axesInputSince = 18): KernelBuilder {
  return node => {
    const keepDimensions = node.attributes.flag('keepdims', true);
    const axesOf = axesReader(node, axesInputSince);
    return inputs => {
      const input = required(inputs, 0);
      const axes = axesOf(inputs, input.shape.length);
      return [reduced(input, axes, keepDimensions, reduction)];
    };
  };
}

/** Reads the axes to be reduced: all where none are given, unless the node says otherwise. */
function axesReader({attributes, opset}: NodeSetting, axesInputSince: number) {
  const fixed = opset < axesInputSince ? (attributes.ints('axes') ?? []) : undefined;
  const noneMeansNone = attributes.flag('noop_with_empty_axes', false);
  return (inputs: Parameters<Kernel>[0], rank: number): readonly boolean[] => {
    const given = fixed ?? (inputs[1] === undefined ? [] : numbersOf(inputs[1]));
    const all = given.length === 0 && !noneMeansNone;
    const axes = new Set(given.map(axis => axisOf(axis, rank)));
    return Array.from({length: rank}, (_, axis) => all || axes.has(axis));
  };
}

function reduced(
  input: TensorData,
  isReduced: readonly boolean[],
  keepDimensions: boolean,
  reduction: Reduction,
): TensorData {
  const {type, shape} = input;
  const strides = stridesOf(shape);
  const along = (reducing: boolean) => {
    const axes = shape.map((_, axis) => axis).filter(axis => isReduced[axis] === reducing);
    const pick = (list: readonly number[]) => axes.map(axis => list[axis] ?? 1);
    return offsetsOf(pick(shape), pick(strides));
  };
  const [kept, gone] = [along(false), along(true)];
  const result = shape.flatMap((size, axis) => {
    if (!isReduced[axis]) return [size];
    return keepDimensions ? [1] : [];
  });
  const data = newElements(type as NumericType, sizeOf(result));
  if (isWide(data)) reduceWide(input, data, {kept, gone}, reduction);
  else reduceNarrow(input, data, {kept, gone}, reduction);
  return {type, shape: result, data};
}

interface Walk {
  readonly kept: Int32Array;
  readonly gone: Int32Array;
}

function reduceNarrow(
  input: TensorData,
  result: Exclude<ReturnType<typeof newElements>, WideElements>,
  {kept, gone}: Walk,
  {start, add, end}: Reduction,
): void {
  const from = narrow(input);
  const whole = isWhole(input.type);
  for (let index = 0; index < kept.length; index++) {
    const base = kept[index] ?? 0;
    let sum = start;
    for (let inner = 0; inner < gone.length; inner++)
      sum = add(sum, from[base + (gone[inner] ?? 0)] ?? 0);
    const ended = end === undefined ? sum : end(sum, gone.length);
    result[index] = whole ? Math.trunc(ended) : ended;
  }
}

function reduceWide(
  {data: from}: TensorData,
  result: WideElements,
  {kept, gone}: Walk,
  {wide}: Reduction,
): void {
  invariant(wide !== undefined && isWide(from), 'the reduction takes 64-bit integers');
  for (let index = 0; index < kept.length; index++) {
    const base = kept[index] ?? 0;
    let sum = wide.start ?? from[base + (gone[0] ?? 0)] ?? 0n;
    for (const offset of gone) sum = wide.add(sum, from[base + offset] ?? 0n);
    result[index] = sum;
  }
}
