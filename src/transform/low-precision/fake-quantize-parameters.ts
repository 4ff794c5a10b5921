import {tensorProto} from '../../network/tensor-proto.js';
import type {GraphEditor} from '../graph-editor.js';
import type {QuantizedType} from './linear-quantization.js';

/** As near to a whole number as float32 ranges can say that a zero point is one. */
const zeroPointTolerance = 1e-4;

/** One of FakeQuantize's two ranges as QuantizeLinear and DequantizeLinear say it. */
export interface QuantizationParameters {
  readonly scales: Float32Array;
  /** Steps from the low end to zero. */
  readonly zeroPoints: readonly number[];
}

/**
 * `scale = (high - low) / (levels - 1)`, `zero point = -low / scale`; undefined where a range is
 * empty or upside down, or zero lies on no step of it.
 */
export function quantizationParameters(
  low: Float32Array,
  high: Float32Array,
  levels: number,
): QuantizationParameters | undefined {
  const exact = Array.from(low, (from, at) => ((high[at] ?? 0) - from) / (levels - 1));
  const zeros = exact.map((scale, at) => -(low[at] ?? 0) / scale);
  const isUsable = exact.every((scale, at) => {
    const zero = zeros[at] ?? Number.NaN;
    const nearest = Math.round(zero);
    const isWhole = Math.abs(zero - nearest) <= zeroPointTolerance;
    return scale > 0 && Number.isFinite(scale) && isWhole && nearest >= 0 && nearest < levels;
  });
  if (!isUsable) return undefined;
  return {scales: Float32Array.from(exact), zeroPoints: zeros.map(Math.round)};
}

/** Names of new initializers: the scale, and the zero point moved down by `offset`. */
export function addParameters(
  editor: GraphEditor,
  wish: string,
  given: QuantizationParameters & {readonly type: QuantizedType; readonly offset: number},
): readonly [string, string] {
  const {scales, zeroPoints, type, offset} = given;
  const shape = scales.length === 1 ? [] : [scales.length];
  const moved = zeroPoints.map(zero => zero - offset);
  const data = type === 'i8' ? Int8Array.from(moved) : Uint8Array.from(moved);
  return [
    editor.initializer(`${wish}/scale`, tensorProto('', {type: 'f32', shape, data: scales})),
    editor.initializer(`${wish}/zero-point`, tensorProto('', {type, shape, data})),
  ];
}
