import test from 'ava';
import {splitSamples} from '../../../src/cli/split-samples.js';
import {InferenceError} from '../../../src/index.js';
import {tensorOf} from '../../support/tensor-of.js';

const fixed = [
  {name: 'x', type: 'f32', shape: [1, 2]},
  {name: 'k', type: 'i64', shape: [2]},
] as const;

test('what lies behind one another becomes samples, and what is one goes into each', t => {
  const k = tensorOf('i64', [2], [5n, 6n]);
  const x = tensorOf('f32', [3, 2], [1, 2, 3, 4, 5, 6]);
  t.deepEqual(splitSamples(fixed, {x, k}), [
    {x: tensorOf('f32', [1, 2], [1, 2]), k},
    {x: tensorOf('f32', [1, 2], [3, 4]), k},
    {x: tensorOf('f32', [1, 2], [5, 6]), k},
  ]);
});

test('an input whose first dimension is free takes all at once', t => {
  const x = tensorOf('f32', [3, 2], [1, 2, 3, 4, 5, 6]);
  t.deepEqual(splitSamples([{name: 'x', type: 'f32', shape: ['n', 2]}], {x}), [{x}]);
  t.deepEqual(splitSamples([{name: 'x', type: 'f32', shape: null}], {x}), [{x}]);
});

test('different numbers of samples are refused', t => {
  const tensors = {x: tensorOf('f32', [3, 2]), k: tensorOf('i64', [4])};
  const error = t.throws(() => splitSamples(fixed, tensors), {instanceOf: InferenceError});
  t.is(error?.message, 'expected as many samples of k as of x, 3, given 2');
});
