import type {NodeAttributes} from '../../../src/plugin/graph/node-attributes.js';
import {erf} from './erf.js';
import type {Mapping} from './unary.js';

/** Functions of one element, as the ONNX specification defines them, made from attributes. */
export const relu: Mapping = x => Math.max(0, x);
export const sigmoid: Mapping = x => 1 / (1 + Math.exp(-x));
export const softplus: Mapping = x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const softsign: Mapping = x => x / (1 + Math.abs(x));
export const hardSwish: Mapping = x => x * Math.max(0, Math.min(1, x / 6 + 0.5));
export const reciprocal: Mapping = x => 1 / x;
export const mish: Mapping = x => x * Math.tanh(softplus(x));

export function leakyRelu(attributes: NodeAttributes): Mapping {
  const alpha = attributes.float('alpha', 0.01);
  return x => (x < 0 ? alpha * x : x);
}

export function elu(attributes: NodeAttributes): Mapping {
  const alpha = attributes.float('alpha', 1);
  return x => (x < 0 ? alpha * Math.expm1(x) : x);
}

export function celu(attributes: NodeAttributes): Mapping {
  const alpha = attributes.float('alpha', 1);
  return x => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
}

export function selu(attributes: NodeAttributes): Mapping {
  const alpha = attributes.float('alpha', 1.673_263_192_176_818_8);
  const gamma = attributes.float('gamma', 1.050_700_987_355_480_5);
  return x => gamma * (x > 0 ? x : alpha * Math.expm1(x));
}

export function hardSigmoid(attributes: NodeAttributes): Mapping {
  const [alpha, beta] = [attributes.float('alpha', 0.2), attributes.float('beta', 0.5)];
  return x => Math.max(0, Math.min(1, alpha * x + beta));
}

export function thresholdedRelu(attributes: NodeAttributes): Mapping {
  const alpha = attributes.float('alpha', 1);
  return x => (x > alpha ? x : 0);
}

export function shrink(attributes: NodeAttributes): Mapping {
  const [bias, lambd] = [attributes.float('bias', 0), attributes.float('lambd', 0.5)];
  return x => {
    if (x < -lambd) return x + bias;
    return x > lambd ? x - bias : 0;
  };
}

/** The Gaussian error linear unit, exact or by its approximation with tanh. */
export function gelu(attributes: NodeAttributes): Mapping {
  if (attributes.choice('approximate', 'none', ['none', 'tanh']) === 'none') {
    return x => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
  }
  const scale = Math.sqrt(2 / Math.PI);
  return x => 0.5 * x * (1 + Math.tanh(scale * (x + 0.044_715 * x ** 3)));
}

/** Whether an element is infinite, of a sign that is looked for. */
export function isInfinite(attributes: NodeAttributes): (element: number) => boolean {
  const negative = attributes.flag('detect_negative', true);
  const positive = attributes.flag('detect_positive', true);
  return x => (positive && x === Infinity) || (negative && x === -Infinity);
}
