import {elementLayouts} from '../../schemas/element-type.js';
import type {TensorInfo} from '../../schemas/tensor.js';

/** Bytes of a tensor's elements; null for strings and dimensions known only at run time. */
export function tensorBytes({type, shape}: Pick<TensorInfo, 'type' | 'shape'>): number | null {
  if (type === 'string' || shape === null) return null;
  let bytes = elementLayouts[type].bytes;
  for (const dimension of shape) {
    if (typeof dimension === 'string') return null;
    bytes *= dimension;
  }
  return bytes;
}
