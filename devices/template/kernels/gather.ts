import type {TensorData} from '../../../schemas/tensor.js';
import {numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {
  axisOf,
  offsetsAlong,
  offsetsOf,
  type Shape,
  sizeOf,
  stridesOf,
} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';

/** `Gather`: along an axis, the entries at these indices. */
export const gather: KernelBuilder = ({attributes}) => {
  const axis = attributes.int('axis', 0);
  return inputs => {
    const [input, indices] = [required(inputs, 0), required(inputs, 1)];
    const {shape} = input;
    const at = axisOf(axis, shape.length);
    const strides = stridesOf(shape);
    const chosen = positions(indices, shape[at] ?? 0).map(index => index * (strides[at] ?? 0));
    const steps = shape.map((size, each) =>
      each === at ? chosen : Int32Array.from({length: size}, (_, i) => i * (strides[each] ?? 0)),
    );
    return [take(input, shape.toSpliced(at, 1, ...indices.shape), offsetsAlong(steps))];
  };
};

/** `GatherElements`: each index tells where along the axis its own element comes from. */
export const gatherElements: KernelBuilder = ({attributes}) => {
  const axis = attributes.int('axis', 0);
  return inputs => {
    const [input, indices] = [required(inputs, 0), required(inputs, 1)];
    const at = axisOf(axis, input.shape.length);
    const strides = stridesOf(input.shape);
    const offsets = offsetsOf(indices.shape, strides.with(at, 0));
    const chosen = positions(indices, input.shape[at] ?? 0);
    const stride = strides[at] ?? 0;
    return [
      take(
        input,
        indices.shape,
        offsets.map((base, i) => base + (chosen[i] ?? 0) * stride),
      ),
    ];
  };
};

/** `GatherND`: the last axis of the indices holds the first indices of what is gathered. */
export const gatherNd: KernelBuilder = ({attributes}) => {
  const batchDims = attributes.int('batch_dims', 0);
  return inputs => {
    const [input, indices] = [required(inputs, 0), required(inputs, 1)];
    const depth = indices.shape.at(-1) ?? 0;
    if (batchDims + depth > input.shape.length) {
      throw kernelFailure(`${depth} indices: expected at most ${input.shape.length - batchDims}`);
    }
    const rest = input.shape.slice(batchDims + depth);
    const heads = headOffsets(input.shape, indices, batchDims);
    const inner = sizeOf(rest);
    const offsets = new Int32Array(heads.length * inner);
    for (const [row, head] of heads.entries()) {
      for (let i = 0; i < inner; i++) offsets[row * inner + i] = head + i;
    }
    return [take(input, [...indices.shape.slice(0, -1), ...rest], offsets)];
  };
};

function headOffsets(shape: Shape, indices: TensorData, batchDims: number): readonly number[] {
  const depth = indices.shape.at(-1) ?? 0;
  const values = numbersOf(indices);
  const strides = stridesOf(shape);
  const batchStride = sizeOf(shape.slice(batchDims));
  const rows = sizeOf(indices.shape.slice(0, -1));
  const perBatch = sizeOf(indices.shape.slice(batchDims, -1));
  return Array.from({length: rows}, (_, row) => {
    let offset = Math.floor(row / perBatch) * batchStride;
    for (let at = 0; at < depth; at++) {
      const index = position(values[row * depth + at] ?? 0, shape[batchDims + at] ?? 0);
      offset += index * (strides[batchDims + at] ?? 0);
    }
    return offset;
  });
}

function positions(indices: TensorData, size: number): Int32Array {
  return Int32Array.from(numbersOf(indices), index => position(index, size));
}

function position(index: number, size: number): number {
  if (index >= -size && index < size) return index < 0 ? index + size : index;
  throw kernelFailure(`index ${index}: expected one from ${-size} to ${size - 1}`);
}
