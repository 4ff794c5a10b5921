import type {TensorInfo} from '../../schemas/tensor.js';

/** A tensor's type and shape: `f32[1,3,N]`, `i64[]` for a scalar, `f32[…]` of unknown rank. */
export function formatTensor({type, shape}: Pick<TensorInfo, 'type' | 'shape'>): string {
  return `${type}[${shape === null ? '…' : shape.join()}]`;
}
