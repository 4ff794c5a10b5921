import {roundHalfEven} from './round-half-even.js';

/** What numbers a quantised type holds. */
export const quantizedRanges = {i8: [-128, 127], u8: [0, 255]} as const;

export interface QuantizeOptions {
  readonly type: keyof typeof quantizedRanges;
  readonly scales: ArrayLike<number>;
  readonly zeroPoints: ArrayLike<number>;
  /** Which scale and zero point the element at an index has. */
  channelOf(index: number): number;
}

/**
 * `QuantizeLinear` of ONNX: the quotient in single precision, rounded half to even, moved by the
 * zero point, and kept within the range of the type.
 */
export function quantizeValues(
  values: ArrayLike<number>,
  {type, scales, zeroPoints, channelOf}: QuantizeOptions,
): Int8Array | Uint8Array {
  const [least, most] = quantizedRanges[type];
  const quantized = type === 'i8' ? new Int8Array(values.length) : new Uint8Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const channel = channelOf(index);
    const quotient = Math.fround((values[index] ?? 0) / (scales[channel] ?? 1));
    const moved = roundHalfEven(quotient) + (zeroPoints[channel] ?? 0);
    quantized[index] = Math.min(most, Math.max(least, moved));
  }
  return quantized;
}

/** For `channelOf`: which place along `axis` an element of a tensor of this shape has. */
export function alongAxis(shape: readonly number[], axis: number): (index: number) => number {
  const at = axis < 0 ? axis + shape.length : axis;
  const size = shape[at] ?? 1;
  const inner = shape.slice(at + 1).reduce((product, dim) => product * dim, 1);
  return index => Math.floor(index / inner) % size;
}
