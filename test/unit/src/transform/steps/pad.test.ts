import test from 'ava';
import type {TensorInfo} from '../../../../../schemas/tensor.js';
import {runSteps} from '../../../../support/run-steps.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const row: TensorInfo = {name: 'row', type: 'f32', shape: null};
const borders: readonly (readonly [string, object, number[]])[] = [
  ['a border of nought', {}, [0, 1, 2, 3, 0, 0]],
  ['a border of a value', {value: 7.5}, [7.5, 1, 2, 3, 7.5, 7.5]],
  ['a border of the outermost', {mode: 'edge'}, [1, 1, 2, 3, 3, 3]],
  ['a border of the mirrored', {mode: 'reflect'}, [2, 1, 2, 3, 2, 1]],
  ['a border of the mirrored and the outermost', {mode: 'symmetric'}, [1, 1, 2, 3, 3, 2]],
];

for (const [what, fields, expected] of borders) {
  test(`${what} is added`, async t => {
    for (const where of [
      {begin: [0, 1], end: [0, 2]},
      {top: 0, bottom: 0, left: 1, right: 2},
    ]) {
      const declared = {layout: 'HW', shape: [1, 3], steps: [{kind: 'pad', ...where, ...fields}]};
      const {data} = await runSteps(declared, row, tensorOf('f32', [1, 3], [1, 2, 3]));
      t.deepEqual([...data], expected);
    }
  });
}

for (const [mode, begin, most] of [
  ['reflect', 3, 2],
  ['symmetric', 4, 3],
] as const) {
  test(`a border of ${mode} cannot mirror more than there is`, async t => {
    const steps = [{kind: 'pad', begin: [0, begin], end: [0, 0], mode}];
    const tensor = tensorOf('f32', [1, 3], [1, 2, 3]);
    await t.throwsAsync(runSteps({shape: [1, 3], steps}, row, tensor), {
      message: new RegExp(`\\(pad\\): expected to mirror at most ${most} elements of axis 1`),
    });
  });
}

test('each channel may have a border of its own value', async t => {
  const input: TensorInfo = {name: 'image', type: 'u8', shape: [1, 1, 2, 2]};
  const steps = [{kind: 'pad', top: 0, bottom: 0, left: 1, right: 0, value: [8, 9]}];
  const tensor = tensorOf('u8', [1, 1, 1, 2], [1, 2]);
  const {data} = await runSteps({layout: 'NHWC', steps}, input, tensor);
  t.deepEqual([...data], [8, 9, 1, 2]);
});
