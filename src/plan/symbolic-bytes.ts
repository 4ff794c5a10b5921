import {elementLayouts} from '../../schemas/element-type.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {formatBytes} from './format-bytes.js';

type Sized = Pick<TensorInfo, 'type' | 'shape'>;

/** Bytes of tensors of which sizes may be known only at run time. */
export class SymbolicBytes {
  /** By the names of the sizes that they are to be multiplied with; `''` for none. */
  readonly #bytes = new Map<string, number>();
  #hasUnknown = false;

  add(info: Sized | undefined): this {
    const size = info === undefined ? undefined : sizeOf(info);
    if (size === undefined || size.names.includes('?')) this.#hasUnknown = true;
    else {
      const key = size.names.join(' × ');
      this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + size.bytes);
    }
    return this;
  }

  /** `588 KiB`, `1 KiB × N`, `16 B + 256 B × N`, `588 KiB + ?`. */
  toString(): string {
    const known = this.#bytes.get('') ?? 0;
    const parts = [...this.#bytes]
      .filter(([names]) => names !== '')
      .map(([names, bytes]) => `${formatBytes(bytes)} × ${names}`);
    if (parts.length === 0 || known > 0) parts.unshift(formatBytes(known));
    if (this.#hasUnknown) parts.push('?');
    return parts.join(' + ');
  }
}

/** Bytes of one tensor: `256 B`, `256 B × N`, `16 B × ?`; `? B` for strings and unknown ranks. */
export function formatTensorBytes(info: Sized): string {
  const size = sizeOf(info);
  if (size === undefined) return formatBytes(null);
  return [formatBytes(size.bytes), ...size.names].join(' × ');
}

function sizeOf({type, shape}: Sized) {
  if (type === 'string' || shape === null) return undefined;
  const names: string[] = [];
  let {bytes} = elementLayouts[type];
  for (const dimension of shape) {
    if (typeof dimension === 'string') names.push(dimension);
    else bytes *= dimension;
  }
  return {bytes, names};
}
