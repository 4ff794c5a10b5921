import test from 'ava';
import type {ElementType} from '../../../../../schemas/element-type.js';
import type {TensorInfo} from '../../../../../schemas/tensor.js';
import {runSteps} from '../../../../support/run-steps.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const conversions: readonly (readonly [ElementType, ElementType, number[], number[]])[] = [
  ['f32', 'u8', [-1, -0.9, 0.9, 254.9, 255.9, 1e9], [0, 0, 0, 254, 255, 255]],
  ['f32', 'i8', [-1e9, -128.9, -1.5, 1.5, 127.9, 128], [-128, -128, -1, 1, 127, 127]],
  ['f32', 'i32', [-1e20, -2.5, 2.5, 1e20], [-2147483648, -2, 2, 2147483520]],
  ['f64', 'i32', [-1e20, 1e20], [-2147483648, 2147483647]],
  ['f32', 'u32', [-5, 1e20], [0, 4294967040]],
  ['f32', 'i64', [-1e30, 1e30], [-(2 ** 63), 2 ** 63 - 2 ** 39]],
  ['i32', 'u8', [-7, 7, 256], [0, 7, 255]],
  ['i64', 'i32', [-(2 ** 40), 2 ** 40], [-2147483648, 2147483647]],
  ['i64', 'u8', [-5, 5, 2 ** 31, 2 ** 40], [0, 5, 255, 255]],
  ['i64', 'u64', [-5, 0, 5, 2 ** 31, 2 ** 62], [0, 0, 5, 2 ** 31, 2 ** 62]],
  ['i16', 'u8', [-1, 300], [0, 255]],
  ['u16', 'i16', [40000, 5], [32767, 5]],
  ['u32', 'i32', [4000000000, 5], [2147483647, 5]],
  ['u64', 'i64', [2 ** 62, 5], [2 ** 62, 5]],
  ['u64', 'u8', [2 ** 63, 5], [255, 5]],
  ['i8', 'u64', [-1, 5], [0, 5]],
  ['u8', 'bool', [0, 2], [0, 1]],
  ['bool', 'f32', [0, 1], [0, 1]],
];

for (const [from, to, values, expected] of conversions) {
  test(`${from} becomes ${to}: fractions are cut off, and nothing wraps around`, async t => {
    const input: TensorInfo = {name: 'x', type: to, shape: [values.length]};
    const tensor = tensorOf(from, [values.length], values);
    const result = await runSteps({type: from, steps: []}, input, tensor);
    t.deepEqual([...result.data].map(Number), expected);
  });
}
