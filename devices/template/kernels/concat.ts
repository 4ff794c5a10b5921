import type {TensorData} from '../../../schemas/tensor.js';
import {isText, isWide, newElements} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {aroundAxis, axisOf, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {required} from './required.js';

/** `Concat`: tensors one behind the other along an axis. */
export const concat: KernelBuilder = ({attributes}) => {
  const axis = attributes.int('axis', 1);
  return inputs => {
    const tensors = inputs.map((_, index) => required(inputs, index));
    return [joined(tensors, axisOf(axis, tensors[0]?.shape.length ?? 0))];
  };
};

function joined(tensors: readonly TensorData[], axis: number): TensorData {
  const [first] = tensors;
  if (first === undefined) throw kernelFailure('expected an input or more');
  const fits = ({shape}: TensorData) =>
    shape.length === first.shape.length &&
    shape.every((size, at) => at === axis || size === first.shape[at]);
  if (!tensors.every(fits)) {
    const shapes = tensors.map(({shape}) => `[${shape}]`).join(', ');
    throw kernelFailure(`shapes ${shapes} cannot be joined along axis ${axis}`);
  }
  const size = tensors.reduce((sum, {shape}) => sum + (shape[axis] ?? 0), 0);
  const shape = first.shape.with(axis, size);
  const parts = tensors.map(({data, shape: own}) => {
    const [outer, rows, inner] = aroundAxis(own, axis);
    return {data, outer, length: rows * inner};
  });
  if (first.type === 'string')
    return {type: 'string', shape, data: interleave(parts, sizeOf(shape))};
  const data = newElements(first.type, sizeOf(shape));
  let at = 0;
  for (let outer = 0; outer < (parts[0]?.outer ?? 0); outer++) {
    for (const part of parts) {
      const piece = slice(part, outer);
      if (isWide(data) && isWide(piece)) data.set(piece, at);
      else if (!isWide(data) && !isWide(piece) && !isText(piece)) data.set(piece, at);
      at += part.length;
    }
  }
  return {type: first.type, shape, data};
}

interface Part {
  readonly data: TensorData['data'];
  readonly outer: number;
  /** Elements of each outer index. */
  readonly length: number;
}

function slice({data, length}: Part, outer: number): TensorData['data'] {
  const [start, end] = [outer * length, (outer + 1) * length];
  return isText(data) ? data.slice(start, end) : data.subarray(start, end);
}

function interleave(parts: readonly Part[], size: number): readonly string[] {
  const words: string[] = [];
  for (let outer = 0; words.length < size; outer++) {
    for (const part of parts) words.push(...(slice(part, outer) as readonly string[]));
  }
  return words;
}
