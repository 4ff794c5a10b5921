import type {TensorData} from '../../schemas/tensor.js';
import {float16Value} from '../network/float16-value.js';

/** A tensor's first elements, at most `count`, as JSON has them; 64-bit integers as text. */
export function elementValues(
  {type, data}: TensorData,
  count: number,
): readonly (number | string | boolean)[] {
  return Array.from({length: Math.min(data.length, count)}, (_, at) => {
    const value = data[at];
    if (typeof value === 'bigint') return String(value);
    if (type === 'bool') return value !== 0;
    if (type === 'f16') return float16Value(Number(value));
    return value ?? 0;
  });
}
