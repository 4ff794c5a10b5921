import type {TensorData} from '../../../schemas/tensor.js';
import {numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {axisOf, offsetsAlong, type Shape, stridesOf} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';

interface Cut {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Axes 0, 1, … if left out. */
  readonly axes?: readonly number[] | undefined;
  /** 1 if left out. */
  readonly steps?: readonly number[] | undefined;
}

/** `Slice` up to operator set 9: what is cut is told by attributes. */
export const sliceByAttributes: KernelBuilder = ({attributes}) => {
  const cut = {
    starts: attributes.ints('starts') ?? [],
    ends: attributes.ints('ends') ?? [],
    axes: attributes.ints('axes'),
  };
  return inputs => [sliced(required(inputs, 0), cut)];
};

/** `Slice` from operator set 10 on: what is cut is told by inputs. */
export const slice: KernelBuilder = () => inputs => {
  const [starts, ends] = [numbersOf(required(inputs, 1)), numbersOf(required(inputs, 2))];
  const [axes, steps] = [inputs[3] && numbersOf(inputs[3]), inputs[4] && numbersOf(inputs[4])];
  return [sliced(required(inputs, 0), {starts, ends, axes, steps})];
};

function sliced(input: TensorData, cut: Cut): TensorData {
  const {shape} = input;
  const chosen: Shape[] = shape.map(size => Array.from({length: size}, (_, index) => index));
  for (const [at, start] of cut.starts.entries()) {
    const axis = axisOf(cut.axes?.[at] ?? at, shape.length);
    const [end, step] = [cut.ends[at] ?? 0, cut.steps?.[at] ?? 1];
    if (step === 0) throw kernelFailure(`the step of axis ${axis}: expected another number than 0`);
    chosen[axis] = indices(shape[axis] ?? 0, start, end, step);
  }
  const strides = stridesOf(shape);
  const steps = chosen.map((list, axis) =>
    Int32Array.from(list, index => index * (strides[axis] ?? 0)),
  );
  return take(
    input,
    chosen.map(list => list.length),
    offsetsAlong(steps),
  );
}

/** Indices from `start` to before `end`, negative ones counted from the end; as in numpy. */
function indices(size: number, start: number, end: number, step: number): readonly number[] {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (index: number) =>
    Math.min(most, Math.max(least, index < 0 ? index + size : index));
  const [from, to] = [bound(start), bound(end)];
  const length = Math.max(0, Math.ceil((to - from) / step));
  return Array.from({length}, (_, index) => from + index * step);
}
