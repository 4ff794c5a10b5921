import type {Combination} from '../broadcast.js';

export const equal = compared((a, b) => a === b);
export const less = compared((a, b) => a < b);
export const lessOrEqual = compared((a, b) => a <= b);
export const greater = compared((a, b) => a > b);
export const greaterOrEqual = compared((a, b) => a >= b);
export const and = compared((a, b) => a !== 0 && b !== 0);
export const or = compared((a, b) => a !== 0 || b !== 0);
export const xor = compared((a, b) => (a !== 0) !== (b !== 0));

function compared(holds: (a: number | bigint, b: number | bigint) => boolean): Combination {
  return {
    number: (a, b) => (holds(a, b) ? 1 : 0),
    wide: (a, b) => (holds(a, b) ? 1n : 0n),
  };
}
