import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow, numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {fromHalf, toHalf} from '../half-float.js';
import {required} from './required.js';

/**
 * `Dropout`: nothing is dropped unless input `training_mode` says so. Then the rest is scaled by what
 * was dropped.
 */
export const dropout: KernelBuilder = ({attributes}) => {
  const draw = attributes.has('seed') ? drawsFrom(attributes.int('seed', 0)) : Math.random;
  return inputs => {
    const input = required(inputs, 0);
    const ratio = numberOf(inputs[1], 0.5);
    const kept = newNarrow('bool', input.data.length).fill(1) as Uint8Array;
    const mask: TensorData = {type: 'bool', shape: input.shape, data: kept};
    if (numberOf(inputs[2], 0) === 0 || ratio === 0) return [input, mask];
    const data = newNarrow(input.type, input.data.length);
    const scaled =
      input.type === 'f16' ? scaledHalf(ratio) : (value: number) => value / (1 - ratio);
    for (const [index, value] of narrow(input).entries()) {
      if (draw() < ratio) kept[index] = 0;
      else data[index] = scaled(value);
    }
    return [{...input, data} as TensorData, mask];
  };
};

function scaledHalf(ratio: number): (bits: number) => number {
  return bits => toHalf(fromHalf(bits) / (1 - ratio));
}

function numberOf(input: TensorData | undefined, absent: number): number {
  const given = input === undefined ? undefined : numbersOf(input)[0];
  if (given === undefined) return absent;
  return input?.type === 'f16' ? fromHalf(given) : given;
}

/** Numbers from 0 to 1: S. Park, K. Miller, Random number generators, 1988. */
function drawsFrom(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = (Math.abs(seed) % (modulus - 1)) + 1;
  return () => {
    state = (state * 48_271) % modulus;
    return (state - 1) / (modulus - 1);
  };
}
