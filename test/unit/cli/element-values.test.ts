import test from 'ava';
import {elementValues} from '../../../src/cli/element-values.js';
import {tensorOf} from '../../support/tensor-of.js';

test('no more elements are given than asked for, and no more than there are', t => {
  const tensor = tensorOf('f32', [3], [1, 0.5, -2]);
  t.deepEqual(elementValues(tensor, 2), [1, 0.5]);
  t.deepEqual(elementValues(tensor, 9), [1, 0.5, -2]);
  t.deepEqual(elementValues(tensorOf('f32', [0]), 9), []);
});

test('booleans are booleans, strings strings, and 64-bit integers exact', t => {
  t.deepEqual(elementValues(tensorOf('bool', [2], [true, false]), 9), [true, false]);
  t.deepEqual(elementValues(tensorOf('string', [2], ['', 'a b']), 9), ['', 'a b']);
  t.deepEqual(elementValues(tensorOf('i64', [1], [-(2n ** 63n)]), 9), ['-9223372036854775808']);
});

test('the bits of float16 are the numbers that they mean', t => {
  const bits = [0x0000, 0x3c00, 0xc000, 0x3555, 0x0001, 0x83ff, 0x7bff, 0x7c00, 0xfc00];
  const {POSITIVE_INFINITY, NEGATIVE_INFINITY} = Number;
  t.deepEqual(elementValues(tensorOf('f16', [9], bits), 9), [
    ...[0, 1, -2, 0.333251953125, 2 ** -24, -(1023 * 2 ** -24), 65504],
    ...[POSITIVE_INFINITY, NEGATIVE_INFINITY],
  ]);
  t.deepEqual(elementValues(tensorOf('f16', [1], [0x7e00]), 1), [Number.NaN]);
});
