import {elementLayouts} from '../../schemas/element-type.js';
import type {TensorInfo} from '../../schemas/tensor.js';

/** Bytes of a tensor whose symbolic dimensions are one: of one item of a batch. Null for strings. */
export function bytesOfOne({type, shape}: TensorInfo): number | null {
  if (type === 'string' || shape === null) return null;
  const sizes = shape.map(dimension => (typeof dimension === 'number' ? dimension : 1));
  return sizes.reduce((product, size) => product * size, elementLayouts[type].bytes);
}
