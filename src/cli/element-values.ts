import type {TensorData} from '../../schemas/tensor.js';

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

/** What the bits of an IEEE 754 binary16 say. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
