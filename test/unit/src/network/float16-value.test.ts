import test from 'ava';
import {float16Value} from '../../../../src/network/float16-value.js';

// IEEE 754-2008, table of binary16 values.
const values: readonly (readonly [number, number])[] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
];

for (const [bits, value] of values) {
  test(`0x${bits.toString(16).padStart(4, '0')} is ${Object.is(value, -0) ? '-0' : value}`, t => {
    t.is(float16Value(bits), value);
  });
}
