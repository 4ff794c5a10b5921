import {kernelFailure} from './kernel-failure.js';

export type Shape = readonly number[];

/** Elements of one tensor; a network that asks for more fails instead of exhausting the memory. */
const elementsMax = 2 ** 28;

/** The number of elements. Throws STAGE_FAILED for more than fit in memory. */
export function sizeOf(shape: Shape): number {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size >= 0 && size <= elementsMax) return size;
  throw kernelFailure(`a tensor of shape [${shape}]: expected at most ${elementsMax} elements`);
}

/** How far apart neighbours along each axis lie in row-major order. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** The shape that `shapes` broadcast to together, as in numpy. Throws STAGE_FAILED. */
export function broadcastShape(...shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map(shape => shape.length));
  return Array.from({length: rank}, (_, axis) => {
    const dimensions = shapes.map(shape => shape[axis - rank + shape.length] ?? 1);
    const size = dimensions.find(dimension => dimension !== 1) ?? 1;
    if (dimensions.every(dimension => dimension === 1 || dimension === size)) return size;
    throw kernelFailure(`shapes [${shapes.join('], [')}] cannot be broadcast together`);
  });
}

/** Strides by which a tensor of `shape` is read as one of the broadcast shape `to`. */
export function broadcastStrides(shape: Shape, to: Shape): number[] {
  const strides = stridesOf(shape);
  return to.map((_, axis) => {
    const own = axis - to.length + shape.length;
    return (shape[own] ?? 1) === 1 ? 0 : (strides[own] ?? 0);
  });
}

/**
 * For each element of a tensor of `shape`, in row-major order, `base` plus its index along each axis
 * times the stride of that axis. What moves elements is a walk along such offsets.
 */
export function offsetsOf(shape: Shape, strides: readonly number[], base = 0): Int32Array {
  const steps = shape.map((size, axis) => {
    const stride = strides[axis] ?? 0;
    return Int32Array.from({length: size}, (_, index) => index * stride);
  });
  return offsetsAlong(steps, base);
}

/** As `offsetsOf`, where `steps` lists for each axis the offset of each index. */
export function offsetsAlong(steps: readonly Int32Array[], base = 0): Int32Array {
  sizeOf(steps.map(step => step.length));
  let offsets = Int32Array.of(base);
  for (const step of steps) {
    const next = new Int32Array(offsets.length * step.length);
    let at = 0;
    for (const offset of offsets) {
      for (let index = 0; index < step.length; index++) next[at++] = offset + (step[index] ?? 0);
    }
    offsets = next;
  }
  return offsets;
}

/** An axis from 0 on; negative ones count from the end. Throws STAGE_FAILED outside `rank`. */
export function axisOf(axis: number, rank: number): number {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw kernelFailure(`axis ${axis}: expected one of a tensor of rank ${rank}`);
}

/** Before, at and behind an axis: sizes of the three parts that row-major order has. */
export function aroundAxis(
  shape: Shape,
  axis: number,
): [outer: number, size: number, inner: number] {
  const outer = sizeOf(shape.slice(0, axis));
  return [outer, shape[axis] ?? 1, sizeOf(shape.slice(axis + 1))];
}
