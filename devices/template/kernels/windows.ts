import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import type {NodeAttributes} from '../../../src/plugin/graph/node-attributes.js';
import {type Shape, sizeOf, stridesOf} from '../../../src/plugin/graph/shapes.js';

/** How a kernel slides over the spatial axes of a tensor. */
export interface WindowOptions {
  readonly strides: Shape | undefined;
  readonly dilations: Shape | undefined;
  /** Before each axis, then behind each. */
  readonly pads: Shape | undefined;
  readonly autoPad: 'NOTSET' | 'VALID' | 'SAME_UPPER' | 'SAME_LOWER';
  /** Whether a window that reaches beyond the end counts. */
  readonly ceil: boolean;
}

/** All positions of a sliding kernel. */
export interface Windows {
  /** The spatial shape of the result. */
  readonly shape: Shape;
  /** Places inside the kernel. */
  readonly places: number;
  /**
   * For each position, for each place in the kernel: the offset inside the spatial part of the
   * input; -1 in the padding, -2 beyond it (which only a window counted by `ceil` reaches).
   */
  readonly offsets: Int32Array;
}

export function windowOptions(attributes: NodeAttributes): WindowOptions {
  return {
    strides: attributes.ints('strides'),
    dilations: attributes.ints('dilations'),
    pads: attributes.ints('pads'),
    autoPad: attributes.choice('auto_pad', 'NOTSET', [
      'NOTSET',
      'VALID',
      'SAME_UPPER',
      'SAME_LOWER',
    ]),
    ceil: attributes.flag('ceil_mode', false),
  };
}

/** One spatial axis: where its windows begin, and how far it is padded. */
interface Axis {
  readonly count: number;
  readonly before: number;
  readonly behind: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Where a kernel of shape `kernel` lies on a spatial `input`. Throws STAGE_FAILED if nowhere. */
export function slide(input: Shape, kernel: Shape, options: WindowOptions): Windows {
  const axes = input.map((size, index) =>
    axisOf(size, kernel[index] ?? 1, index, {input, options}),
  );
  const shape = axes.map(({count}) => count);
  const places = sizeOf(kernel);
  const offsets = new Int32Array(sizeOf(shape) * places);
  const inputStrides = stridesOf(input);
  let at = 0;
  forEachIndex(shape, position => {
    forEachIndex(kernel, place => {
      offsets[at++] = offsetAt(position, place, {axes, input, inputStrides});
    });
  });
  return {shape, places, offsets};
}

function axisOf(
  size: number,
  kernel: number,
  index: number,
  {input, options}: {readonly input: Shape; readonly options: WindowOptions},
): Axis {
  const stride = options.strides?.[index] ?? 1;
  const dilation = options.dilations?.[index] ?? 1;
  const reach = (kernel - 1) * dilation + 1;
  const [before, behind] = padding(size, index, {stride, reach, rank: input.length, options});
  const room = size + before + behind - reach;
  if (room < 0)
    throw kernelFailure(`a kernel of ${reach} does not fit axis ${index} of [${input}]`);
  let count = Math.floor(room / stride) + 1;
  if (options.ceil) {
    count = Math.ceil(room / stride) + 1;
    // A window that would begin in the padding behind the input does not count.
    if ((count - 1) * stride >= size + before) count--;
  }
  return {count, before, behind, stride, dilation};
}

interface Fit {
  readonly stride: number;
  readonly reach: number;
  readonly rank: number;
  readonly options: WindowOptions;
}

function padding(
  size: number,
  index: number,
  {stride, reach, rank, options}: Fit,
): [number, number] {
  const {autoPad, pads} = options;
  if (autoPad === 'NOTSET') return [pads?.[index] ?? 0, pads?.[index + rank] ?? 0];
  if (autoPad === 'VALID') return [0, 0];
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  const smaller = Math.floor(total / 2);
  return autoPad === 'SAME_UPPER' ? [smaller, total - smaller] : [total - smaller, smaller];
}

interface Place {
  readonly axes: readonly Axis[];
  readonly input: Shape;
  readonly inputStrides: Shape;
}

function offsetAt(position: Shape, place: Shape, {axes, input, inputStrides}: Place): number {
  let offset = 0;
  let padded = false;
  for (const [index, axis] of axes.entries()) {
    const size = input[index] ?? 0;
    const at =
      (position[index] ?? 0) * axis.stride + (place[index] ?? 0) * axis.dilation - axis.before;
    if (at >= size + axis.behind) return -2;
    if (at < 0 || at >= size) padded = true;
    offset += at * (inputStrides[index] ?? 0);
  }
  return padded ? -1 : offset;
}

/** Calls with each index into `shape`, in row-major order; the array is used again. */
function forEachIndex(shape: Shape, call: (index: readonly number[]) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  for (let left = sizeOf(shape); left > 0; left--) {
    call(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
}
