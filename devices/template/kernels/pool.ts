import type {TensorData} from '../../../schemas/tensor.js';
import {indexTensor, narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {type Shape, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {required} from './required.js';
import {slide, type WindowOptions, type Windows, windowOptions} from './windows.js';

/** `MaxPool`; also gives where the largest elements are. */
export const maxPool: KernelBuilder = ({attributes, hasOutput}) => {
  const kernel = kernelShape(attributes.ints('kernel_shape'));
  const options = windowOptions(attributes);
  const columnMajor = attributes.flag('storage_order', false);
  return inputs => {
    const input = required(inputs, 0);
    const windows = slide(spaceOf(input, kernel), kernel, options);
    const result = pooled(input, windows, largest);
    return hasOutput(1) ? [result, placesOfLargest(input, windows, columnMajor)] : [result];
  };
};

/** Indices into the flat input; each image's own part of them column by column, if so wished. */
function placesOfLargest(input: TensorData, windows: Windows, columnMajor: boolean): TensorData {
  const [batch = 0, channels = 0, ...space] = input.shape;
  const area = sizeOf(space);
  const from = narrow(input);
  const places: number[] = [];
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const seen of seenBy(windows)) {
      const inside = seen.filter(offset => offset >= 0);
      const value = (offset: number) => from[plane * area + offset] ?? 0;
      const best = inside.reduce((most, next) => (value(next) > value(most) ? next : most));
      places.push(plane * area + (columnMajor ? columnMajorOffset(best, space) : best));
    }
  }
  return indexTensor([batch, channels, ...windows.shape], places);
}

function columnMajorOffset(offset: number, space: Shape): number {
  let [rest, result] = [offset, 0];
  for (const [axis, size] of [...space.entries()].reverse()) {
    result += (rest % size) * sizeOf(space.slice(0, axis));
    rest = Math.floor(rest / size);
  }
  return result;
}

/** For each position of the kernel, the offsets that it sees. */
function* seenBy({shape, places, offsets}: Windows): Generator<Int32Array> {
  for (let position = 0; position < sizeOf(shape); position++) {
    yield offsets.subarray(position * places, (position + 1) * places);
  }
}

/** `AveragePool`: padding counts as zeros only if it is told to. */
export const averagePool: KernelBuilder = ({attributes}) => {
  const kernel = kernelShape(attributes.ints('kernel_shape'));
  const options = windowOptions(attributes);
  const countPadding = attributes.flag('count_include_pad', false);
  return inputs => {
    const input = required(inputs, 0);
    const windows = slide(spaceOf(input, kernel), kernel, options);
    return [pooled(input, windows, countPadding ? averageWithPadding : average)];
  };
};

const wholeWindow: WindowOptions = {
  strides: undefined,
  dilations: undefined,
  pads: undefined,
  autoPad: 'VALID',
  ceil: false,
};

/** `GlobalMaxPool` and `GlobalAveragePool`: one window, all there is. */
export function globalPool(kind: 'max' | 'average'): KernelBuilder {
  return () => inputs => {
    const input = required(inputs, 0);
    const space = input.shape.slice(2);
    return [pooled(input, slide(space, space, wholeWindow), kind === 'max' ? largest : average)];
  };
}

function kernelShape(shape: Shape | undefined): Shape {
  if (shape !== undefined) return shape;
  throw unsupported('kernel_shape: expected one, given none');
}

function spaceOf({shape}: TensorData, kernel: Shape): Shape {
  if (shape.length === kernel.length + 2) return shape.slice(2);
  throw kernelFailure(`shape [${shape}]: expected ${kernel.length} spatial dimensions`);
}

/** What the elements that a window sees come to; offsets below 0 are padding. */
type Pooling = (element: (index: number) => number, offsets: Int32Array) => number;

const largest: Pooling = (element, offsets) => {
  let most = -Infinity;
  for (const offset of offsets) if (offset >= 0) most = Math.max(most, element(offset));
  return most;
};

const average: Pooling = (element, offsets) => mean(element, offsets, 0);
const averageWithPadding: Pooling = (element, offsets) => mean(element, offsets, -1);

/** Offsets from `least` on count; those below 0 count as zeros. */
function mean(element: (index: number) => number, offsets: Int32Array, least: number): number {
  let [sum, count] = [0, 0];
  for (const offset of offsets) {
    if (offset >= 0) sum += element(offset);
    if (offset >= least) count++;
  }
  return sum / count;
}

function pooled(input: TensorData, windows: Windows, pooling: Pooling): TensorData {
  const {shape} = windows;
  const [batch = 0, channels = 0, ...space] = input.shape;
  const area = sizeOf(space);
  const from = narrow(input);
  const data = newNarrow(input.type, batch * channels * sizeOf(shape));
  let to = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    const element = (offset: number) => from[plane * area + offset] ?? 0;
    for (const seen of seenBy(windows)) data[to++] = pooling(element, seen);
  }
  return {type: input.type, shape: [batch, channels, ...shape], data} as TensorData;
}
