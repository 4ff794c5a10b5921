import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {type Shape, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {required} from './required.js';
import {slide, type WindowOptions, type Windows, windowOptions} from './windows.js';

/** `MaxPool`, without the indices of the largest. */
export const maxPool: KernelBuilder = ({attributes, hasOutput}) => {
  if (hasOutput(1)) throw unsupported('Indices: expected the first output only');
  const kernel = kernelShape(attributes.ints('kernel_shape'));
  const options = windowOptions(attributes);
  return inputs => {
    const input = required(inputs, 0);
    const windows = slide(spaceOf(input, kernel), kernel, options);
    return [pooled(input, windows, largest)];
  };
};

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

function pooled(
  input: TensorData,
  {shape, places, offsets}: Windows,
  pooling: Pooling,
): TensorData {
  const [batch = 0, channels = 0, ...space] = input.shape;
  const [area, positions] = [sizeOf(space), sizeOf(shape)];
  const from = narrow(input);
  const data = newNarrow(input.type, batch * channels * positions);
  for (let plane = 0; plane < batch * channels; plane++) {
    const element = (offset: number) => from[plane * area + offset] ?? 0;
    for (let position = 0; position < positions; position++) {
      const seen = offsets.subarray(position * places, (position + 1) * places);
      data[plane * positions + position] = pooling(element, seen);
    }
  }
  return {type: input.type, shape: [batch, channels, ...shape], data} as TensorData;
}
