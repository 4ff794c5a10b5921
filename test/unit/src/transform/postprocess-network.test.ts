import test from 'ava';
import type {TensorInfo} from '../../../../schemas/tensor.js';
import {InferenceError} from '../../../../src/errors.js';
import {parsePreprocessing} from '../../../../src/transform/parse-preprocessing.js';
import {postprocessNetwork} from '../../../../src/transform/postprocess-network.js';
import {runModel} from '../../../support/run-model.js';
import {tensorOf} from '../../../support/tensor-of.js';

const logits: TensorInfo = {name: 'logits', type: 'f32', shape: ['n', 2]};

test('an output is given under its own name, from its raw value', async t => {
  const steps = [
    {kind: 'softmax', axis: 1},
    {kind: 'convertElementType', type: 'f64'},
  ];
  const {outputs} = parsePreprocessing({outputs: {logits: {steps}}});
  const made = postprocessNetwork(outputs, [logits, {...logits, name: 'other'}]);
  t.deepEqual(made.inputs, [{...logits, name: 'logits/raw'}]);
  t.deepEqual(made.outputs, [{name: 'logits', type: 'f64', shape: ['n', 2]}]);
  const raw = tensorOf('f32', [2, 2], [1, 1, 1000, 0]);
  const results = await runModel(made.model, new Map([['logits/raw', raw]]));
  t.deepEqual(results, new Map([['logits', tensorOf('f64', [2, 2], [0.5, 0.5, 1, 0])]]));
});

test('a layout converts what the network gives', async t => {
  const image: TensorInfo = {name: 'image', type: 'f32', shape: [1, 2, 1, 2]};
  const steps = [{kind: 'convertLayout', to: 'NHWC'}];
  const {outputs} = parsePreprocessing({outputs: {image: {layout: 'NCHW', steps}}});
  const made = postprocessNetwork(outputs, [image]);
  t.deepEqual(made.outputs, [{name: 'image', type: 'f32', shape: [1, 1, 2, 2], layout: 'NHWC'}]);
  const raw = tensorOf('f32', [1, 2, 1, 2], [1, 2, 3, 4]);
  const results = await runModel(made.model, new Map([['image/raw', raw]]));
  t.deepEqual([...(results.get('image')?.data ?? [])], [1, 3, 2, 4]);
});

test('what the client is to get is converted after the steps', async t => {
  const image: TensorInfo = {name: 'image', type: 'f32', shape: [1, 2, 1, 2]};
  const declared = {layout: 'NCHW', tensorLayout: 'NHWC', type: 'u8', steps: []};
  const {outputs} = parsePreprocessing({outputs: {image: declared}});
  const made = postprocessNetwork(outputs, [image]);
  const expected = {name: 'image', type: 'u8', shape: [1, 1, 2, 2], layout: 'NHWC'} as const;
  t.deepEqual(made.outputs, [expected]);
  const raw = tensorOf('f32', [1, 2, 1, 2], [1.5, -2, 3, 400]);
  const results = await runModel(made.model, new Map([['image/raw', raw]]));
  t.deepEqual([...(results.get('image')?.data ?? [])], [1, 3, 0, 255]);
});

test('refuses a type that is left to a declaration without one', t => {
  const steps = [{kind: 'convertElementType'}] as const;
  t.throws(() => postprocessNetwork({logits: {steps}}, [logits]), {
    instanceOf: InferenceError,
    message: /output "logits": convertElementType to what/,
  });
});

test('refuses an axis that the output does not have, and says where', t => {
  const steps = [{kind: 'softmax', axis: 2}] as const;
  const error = t.throws(() => postprocessNetwork({logits: {steps}}, [logits]), {
    instanceOf: InferenceError,
  });
  t.is(error.code, 'INVALID_ARGUMENT');
  t.regex(error.message, /output "logits", step 1 \(softmax\): expected an axis of .* given 2/);
});

test('refuses an output that the network does not have', t => {
  const error = t.throws(() => postprocessNetwork({other: {steps: []}}, [logits]), {
    instanceOf: InferenceError,
  });
  t.is(error.code, 'UNKNOWN_OUTPUT');
});
