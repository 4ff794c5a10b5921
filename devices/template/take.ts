import type {TensorData} from '../../schemas/tensor.js';
import {
  isText,
  isWide,
  type NarrowElements,
  newElements,
  type WideElements,
} from '../../src/plugin/graph/elements.js';
import type {Shape} from '../../src/plugin/graph/shapes.js';

/** A tensor of `shape` whose elements are those of `tensor` at `offsets`. */
export function take(tensor: TensorData, shape: Shape, offsets: Int32Array): TensorData {
  const {type, data} = tensor;
  if (type === 'string' || isText(data)) {
    const words = data as readonly string[];
    return {type: 'string', shape, data: Array.from(offsets, offset => words[offset] ?? '')};
  }
  const taken = newElements(type, offsets.length);
  if (isWide(data)) copyWide(data, taken as WideElements, offsets);
  else copyNarrow(data, taken as NarrowElements, offsets);
  return {type, shape, data: taken};
}

function copyNarrow(from: NarrowElements, to: NarrowElements, offsets: Int32Array): void {
  for (let index = 0; index < offsets.length; index++) to[index] = from[offsets[index] ?? 0] ?? 0;
}

function copyWide(from: WideElements, to: WideElements, offsets: Int32Array): void {
  for (let index = 0; index < offsets.length; index++) to[index] = from[offsets[index] ?? 0] ?? 0n;
}
