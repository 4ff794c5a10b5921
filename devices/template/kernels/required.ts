import type {TensorData} from '../../../schemas/tensor.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';

/** The input at `index`. Throws STAGE_FAILED if the network leaves it out. */
export function required(inputs: readonly (TensorData | undefined)[], index: number): TensorData {
  const input = inputs[index];
  if (input === undefined) throw kernelFailure(`input ${index} is missing`);
  return input;
}
