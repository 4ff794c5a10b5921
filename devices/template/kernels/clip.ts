import type {TensorData} from '../../../schemas/tensor.js';
import {isWide} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {required} from './required.js';
import {mapped} from './unary.js';

/** `Clip` up to operator set 10: bounds are attributes. */
export const clipBetweenAttributes: KernelBuilder = ({attributes}) => {
  const [low, high] = [attributes.float('min', -Infinity), attributes.float('max', Infinity)];
  return inputs => [mapped(required(inputs, 0), x => Math.min(high, Math.max(low, x)))];
};

/** `Clip` from operator set 11 on: bounds are inputs, and either may be left out. */
export const clip: KernelBuilder = () => inputs => {
  const input = required(inputs, 0);
  const [low, high] = [inputs[1], inputs[2]];
  return [
    mapped(
      input,
      clamp(elementOf(low) ?? -Infinity, elementOf(high) ?? Infinity),
      clampWide(wideElementOf(low), wideElementOf(high)),
    ),
  ];
};

/** The upper bound holds where they cross. */
function clamp(low: number, high: number): (x: number) => number {
  return x => Math.min(high, Math.max(low, x));
}

function clampWide(low: bigint | undefined, high: bigint | undefined): (x: bigint) => bigint {
  return x => {
    const raised = low !== undefined && x < low ? low : x;
    return high !== undefined && raised > high ? high : raised;
  };
}

function elementOf(tensor: TensorData | undefined): number | undefined {
  return tensor === undefined ? undefined : Number(tensor.data[0]);
}

function wideElementOf(tensor: TensorData | undefined): bigint | undefined {
  return tensor !== undefined && isWide(tensor.data) ? tensor.data[0] : undefined;
}
