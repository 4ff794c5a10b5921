import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import type {Combination} from '../broadcast.js';
import {binary} from './binary.js';
import {greater, lesser} from './wide-order.js';

export const addition: Combination = {number: (a, b) => a + b, wide: (a, b) => a + b};
export const subtraction: Combination = {number: (a, b) => a - b, wide: (a, b) => a - b};

export const multiplication: Combination = {
  number: (a, b) => a * b,
  // A product of whole numbers may need more digits than a number holds.
  whole: Math.imul,
  wide: (a, b) => a * b,
};

/** Whole numbers are divided towards zero. */
export const division: Combination = {
  number: (a, b) => a / b,
  whole: (a, b) => Math.trunc(a / b),
  wide: (a, b) => a / b,
};

export const minimum: Combination = {number: Math.min, wide: lesser};
export const maximum: Combination = {number: Math.max, wide: greater};

/** The remainder has the sign of the divisor, as in Python. */
const floored: Combination = {
  number: (a, b) => a - b * Math.floor(a / b),
  whole: (a, b) => ((a % b) + b) % b,
  wide: (a, b) => ((a % b) + b) % b,
};

/** The remainder has the sign of the dividend, as in C. */
const truncated: Combination = {number: (a, b) => a % b, wide: (a, b) => a % b};

/** `Mod`, which is C's `fmod` if it says so. */
export const mod: KernelBuilder = node =>
  binary(node.attributes.flag('fmod', false) ? truncated : floored)(node);

const shiftedLeft: Combination = {
  number: (a, b) => (b > 31 ? 0 : a << b),
  wide: (a, b) => a << b,
};
const shiftedRight: Combination = {
  number: (a, b) => (b > 31 ? 0 : a >>> b),
  wide: (a, b) => a >> b,
};

/** `BitShift` of unsigned integers. */
export const bitShift: KernelBuilder = node => {
  const direction = node.attributes.text('direction', '');
  if (direction === 'LEFT') return binary(shiftedLeft)(node);
  if (direction === 'RIGHT') return binary(shiftedRight)(node);
  throw unsupported(`direction: expected LEFT or RIGHT, given ${direction}`);
};

export const bitwiseAnd: Combination = {number: (a, b) => a & b, wide: (a, b) => a & b};
export const bitwiseOr: Combination = {number: (a, b) => a | b, wide: (a, b) => a | b};
export const bitwiseXor: Combination = {number: (a, b) => a ^ b, wide: (a, b) => a ^ b};
/** The slope where an element is below zero. */
export const slope: Combination = {number: (a, b) => (a < 0 ? a * b : a)};
