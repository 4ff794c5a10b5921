import test from 'ava';
import type {TensorInfo} from '../../../../../schemas/tensor.js';
import {runSteps} from '../../../../support/run-steps.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const row: TensorInfo = {name: 'row', type: 'f32', shape: null};

test('every axis is cropped from begin to end, also counted from the end', async t => {
  const tensor = tensorOf('f32', [2, 4], [0, 1, 2, 3, 4, 5, 6, 7]);
  const crops = [
    [
      [0, 1],
      [1, 3],
      [1, 2],
    ],
    [
      [1, -3],
      [2, -1],
      [5, 6],
    ],
    [
      [0, 2],
      [2 ** 31 - 1, 2 ** 31 - 1],
      [2, 3, 6, 7],
    ],
  ];
  for (const [begin, end, expected] of crops) {
    const declared = {shape: [2, 4], steps: [{kind: 'crop', begin, end}]};
    t.deepEqual([...(await runSteps(declared, row, tensor)).data], expected);
  }
});
