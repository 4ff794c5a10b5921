import {unary} from './unary.js';

export const negation = unary(
  x => -x,
  x => -x,
);
export const absolute = unary(Math.abs, x => (x < 0n ? -x : x));
/** -1, 0 or 1. */
export const sign = unary(Math.sign, x => {
  if (x === 0n) return x;
  return x > 0n ? 1n : -1n;
});
