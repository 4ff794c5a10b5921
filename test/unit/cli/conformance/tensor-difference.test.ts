import test from 'ava';
import type {TensorData} from '../../../../schemas/tensor.js';
import {
  formDifference,
  tensorDifference,
} from '../../../../src/cli/conformance/tensor-difference.js';
import {sampleTensors} from '../../../support/sample-tensors.js';
import {tensorOf} from '../../../support/tensor-of.js';

const f32 = (...values: number[]) => tensorOf('f32', [values.length], values);

test('every tensor is the same as itself: NaN, infinities and empty ones too', t => {
  for (const tensor of sampleTensors.values()) t.is(tensorDifference(tensor, tensor), undefined);
  const odd = f32(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  t.is(tensorDifference(odd, odd), undefined);
});

test('floats may differ by a thousandth of what is expected, near zero by 1e-7', t => {
  t.is(tensorDifference(f32(1000.9, -0, 9e-8), f32(1000, 0, 0)), undefined);
  t.regex(tensorDifference(f32(1, 1001.2), f32(1, 1000)) ?? '', /^expected 1000 at element 1/);
  t.regex(tensorDifference(f32(2e-7), f32(0)) ?? '', /1 of 1 elements differ/);
  const f64 = (value: number) => tensorOf('f64', [], [value]);
  t.is(tensorDifference(f64(1.0005), f64(1)), undefined);
});

test('float16 is compared by the numbers that its bits stand for', t => {
  const f16 = (bits: number) => tensorOf('f16', [1], [bits]);
  t.is(tensorDifference(f16(0x3c01), f16(0x3c00)), undefined); // 1 + 1/1024 and 1
  t.is(tensorDifference(f16(0x8000), f16(0x0000)), undefined); // -0 and 0
  t.regex(tensorDifference(f16(0x3c02), f16(0x3c00)) ?? '', /expected 1 .* given 1\.00195/);
});

test('a number is neither NaN nor an infinity', t => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY]) {
    t.truthy(tensorDifference(f32(1), f32(odd)));
    t.truthy(tensorDifference(f32(odd), f32(1)));
  }
  const [plus, minus] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  t.truthy(tensorDifference(f32(plus), f32(minus)));
});

test('integers, booleans and strings are exactly the same', t => {
  const pairs: readonly (readonly [TensorData, TensorData])[] = [
    [tensorOf('i64', [1], [2n ** 60n]), tensorOf('i64', [1], [2n ** 60n + 1n])],
    [tensorOf('u8', [1], [254]), tensorOf('u8', [1], [255])],
    [tensorOf('bool', [1], [0]), tensorOf('bool', [1], [1])],
    [tensorOf('string', [1], ['a']), tensorOf('string', [1], ['A'])],
  ];
  for (const [a, b] of pairs) t.regex(tensorDifference(a, b) ?? '', /1 of 1 elements differ/);
});

test('types and shapes are the same before any element is looked at', t => {
  t.is(tensorDifference(tensorOf('i32', [1]), tensorOf('i64', [1])), 'expected i64, given i32');
  t.is(
    tensorDifference(tensorOf('f32', [2, 3]), tensorOf('f32', [3, 2])),
    'expected shape [3,2], given [2,3]',
  );
  t.is(formDifference(f32(1), f32(2)), undefined);
  t.is(formDifference(f32(1), f32(1, 2)), 'expected shape [2], given [1]');
});
