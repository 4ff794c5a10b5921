import type {TensorData} from '../../../schemas/tensor.js';
import {numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {axisOf, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';

/** `OneHot`: along a new axis, the second of two values where the index is, else the first. */
export const oneHot: KernelBuilder = ({attributes}) => {
  const axis = attributes.int('axis', -1);
  return inputs => {
    const [indices, values] = [required(inputs, 0), required(inputs, 2)];
    const depth = Math.trunc(numbersOf(required(inputs, 1))[0] ?? 0);
    const at = axisOf(axis, indices.shape.length + 1);
    const shape = indices.shape.toSpliced(at, 0, depth);
    return [take(values, shape, hotOffsets(indices, depth, sizeOf(indices.shape.slice(at))))];
  };
};

/** 1 where an element is hot, else 0; negative indices count from the end. */
function hotOffsets(indices: TensorData, depth: number, inner: number): Int32Array {
  const offsets = new Int32Array(indices.data.length * depth);
  for (const [position, given] of numbersOf(indices).entries()) {
    const index = Math.trunc(given);
    const hot = index < 0 ? index + depth : index;
    if (hot < 0 || hot >= depth) continue;
    const outer = Math.floor(position / inner);
    offsets[(outer * depth + hot) * inner + (position % inner)] = 1;
  }
  return offsets;
}
