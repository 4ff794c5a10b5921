import test from 'ava';
import {elementTypes} from '../../../schemas/element-type.js';
import type {TensorInfo} from '../../../schemas/tensor.js';
import {randomTensor} from '../../../src/cli/random-tensor.js';
import {InferenceError} from '../../../src/errors.js';

const info = (type: TensorInfo['type'], shape: TensorInfo['shape'] = [1000]): TensorInfo => ({
  name: 'x',
  type,
  shape,
});

const ranges = {
  f32: [0, 0.999999],
  f64: [0, 0.999999],
  u8: [0, 255],
  i8: [-128, 127],
  bool: [0, 1],
  i16: [0, 9],
  u16: [0, 9],
  i32: [0, 9],
  u32: [0, 9],
  i64: [0, 9],
  u64: [0, 9],
} as const;

for (const [type, [least, most]] of Object.entries(ranges)) {
  test(`${type} fills ${least} to ${most}`, t => {
    const tensor = randomTensor(info(type as keyof typeof ranges), 1);
    const values = Array.from(tensor.data, Number);
    const margin = (most - least) / 20;
    t.true(values.every(value => value >= least && value <= most));
    t.true(Math.min(...values) <= least + margin);
    t.true(Math.max(...values) >= most - margin);
  });
}

test('f16 holds numbers in [0, 1)', t => {
  const {data} = randomTensor(info('f16'), 1);
  // Below 1 (0x3c00), never negative; half of the numbers in [0, 1) are at least 0.5 (0x3800).
  const bits = Array.from(data as Uint16Array);
  t.true(bits.every(value => value < 0x3c00));
  const upper = bits.filter(value => value >= 0x3800).length;
  t.true(upper > 400 && upper < 600);
});

test('strings are words of four letters', t => {
  const {data} = randomTensor(info('string', [5]), 1);
  t.is(data.length, 5);
  t.true((data as readonly string[]).every(word => /^[a-z]{4}$/.test(word)));
});

for (const type of elementTypes) {
  test(`${type} is the same for the same seed and another for another`, t => {
    t.deepEqual(randomTensor(info(type), 7), randomTensor(info(type), 7));
    t.notDeepEqual(randomTensor(info(type), 7), randomTensor(info(type), 8));
  });
}

test('the values are those of earlier versions', t => {
  t.deepEqual(randomTensor(info('u8', [6]), 42).data, Uint8Array.of(128, 86, 150, 31, 244, 193));
});

test('two inputs with one seed differ', t => {
  const other = {...info('f32'), name: 'y'};
  t.notDeepEqual(randomTensor(info('f32'), 1).data, randomTensor(other, 1).data);
});

test('dimensions known at run time are 1, or as given', t => {
  const open = info('f32', ['N', 3, '?']);
  t.deepEqual(randomTensor(open, 1).shape, [1, 3, 1]);
  t.deepEqual(randomTensor(open, 1, new Map([['N', 4]])).shape, [4, 3, 1]);
  t.is(randomTensor(open, 1, new Map([['N', 4]])).data.length, 12);
});

test('a scalar has one element, a dimension of none has none', t => {
  t.is(randomTensor(info('f32', []), 1).data.length, 1);
  t.is(randomTensor(info('string', [3, 0]), 1).data.length, 0);
});

test('an unknown rank is refused', t => {
  const error = t.throws(() => randomTensor(info('f32', null), 1), {instanceOf: InferenceError});
  t.is(error?.code, 'INVALID_ARGUMENT');
  t.regex(error?.message ?? '', /rank of input "x" is unknown/);
});

test('more elements than memory should hold are refused', t => {
  for (const shape of [[2 ** 20, 2 ** 10], Array<number>(40).fill(2 ** 53 - 1)]) {
    const error = t.throws(() => randomTensor(info('u8', shape), 1), {instanceOf: InferenceError});
    t.is(error?.code, 'PAYLOAD_TOO_LARGE');
  }
});
