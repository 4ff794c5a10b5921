import type {Reduction} from './reduce.js';
import {greater, lesser} from './wide-order.js';

export type {Reduction} from './reduce.js';

export const sum: Reduction = {
  start: 0,
  add: (total, x) => total + x,
  wide: {start: 0n, add: (total, x) => total + x},
};
export const mean: Reduction = {
  start: 0,
  add: (total, x) => total + x,
  end: (total, count) => total / count,
};
export const product: Reduction = {
  start: 1,
  add: (total, x) => total * x,
  wide: {start: 1n, add: (total, x) => total * x},
};
export const largest: Reduction = {
  start: -Infinity,
  add: Math.max,
  wide: {add: greater},
};
export const smallest: Reduction = {
  start: Infinity,
  add: Math.min,
  wide: {add: lesser},
};
export const absoluteSum: Reduction = {start: 0, add: (total, x) => total + Math.abs(x)};
export const squareSum: Reduction = {start: 0, add: (total, x) => total + x * x};
export const euclidean: Reduction = {...squareSum, end: Math.sqrt};
export const logarithm: Reduction = {...sum, end: Math.log};
/** log Σ eˣ, the largest taken out of the powers so that none overflows. */
export const logSumExp: Reduction = {
  start: -Infinity,
  add(total, x) {
    const most = Math.max(total, x);
    return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(total, x) - most));
  },
};
