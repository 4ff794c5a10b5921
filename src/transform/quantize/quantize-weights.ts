import type {TensorData} from '../../../schemas/tensor.js';
import {alongAxis} from '../low-precision/quantize-values.js';
import {roundHalfEven} from '../low-precision/round-half-even.js';

/** Weights as int8 numbers of symmetric steps: zero is exactly 0. */
export interface QuantizedWeights {
  /** The name that they had as float32. */
  readonly value: string;
  /** From `-stepsMax` to `stepsMax`. */
  readonly data: Int8Array;
  readonly shape: readonly number[];
  /** One for each place along `axis`, else one. */
  readonly scales: Float32Array;
  readonly axis: number | undefined;
  /** The greatest difference that this makes to a weight. */
  readonly errorMax: number;
}

export interface WeightSteps {
  /** The axis of channels that have a scale each; undefined for one scale in all. */
  readonly axis: number | undefined;
  /** At most 127. */
  readonly stepsMax: number;
}

/**
 * Quantises float32 to int8 with `scale = max |w| / stepsMax` for the whole tensor or for each place
 * along `axis`. Answers the reason if that cannot be or saves nothing.
 */
export function quantizeWeights(
  value: string,
  tensor: TensorData,
  {axis, stepsMax}: WeightSteps,
): QuantizedWeights | string {
  const {shape} = tensor;
  const weights = tensor.data as Float32Array;
  const channels = axis === undefined ? 1 : (shape[axis] ?? 1);
  if (weights.length < 2 * channels) return `its weights ${value} are too few to save bytes`;
  const channelOf = axis === undefined ? () => 0 : alongAxis(shape, axis);
  const greatest = new Float32Array(channels);
  for (const [at, weight] of weights.entries()) {
    if (!Number.isFinite(weight)) return `its weights ${value} are not all finite`;
    const channel = channelOf(at);
    greatest[channel] = Math.max(greatest[channel] ?? 0, Math.abs(weight));
  }
  const scales = greatest.map(size => scaleOf(size, stepsMax));
  const data = new Int8Array(weights.length);
  let errorMax = 0;
  for (const [at, weight] of weights.entries()) {
    const scale = scales[channelOf(at)] ?? 1;
    const steps = roundHalfEven(Math.fround(weight / scale));
    data[at] = Math.min(stepsMax, Math.max(-stepsMax, steps));
    errorMax = Math.max(errorMax, Math.abs(weight - (data[at] ?? 0) * scale));
  }
  return {value, data, shape, scales, axis, errorMax};
}

/** Any scale does for zeros, and for numbers so small that float32 has hardly steps for them. */
function scaleOf(greatest: number, stepsMax: number): number {
  const scale = Math.fround(greatest / stepsMax);
  return scale > 1e-30 ? scale : 1;
}
