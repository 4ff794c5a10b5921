import test from 'ava';
import type {Preprocessing, ProcessingStep} from '../../../../../schemas/preprocessing.js';
import {customBytesMax} from '../../../../../schemas/preprocessing.js';
import type {TensorInfo} from '../../../../../schemas/tensor.js';
import {PrePostProcessor} from '../../../../../src/client/pre-post-processor.js';
import {InferenceError} from '../../../../../src/errors.js';
import {parsePreprocessing} from '../../../../../src/transform/parse-preprocessing.js';
import {postprocessNetwork} from '../../../../../src/transform/postprocess-network.js';
import {preprocessNetwork} from '../../../../../src/transform/preprocess-network.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {runModel} from '../../../../support/run-model.js';
import {runSteps} from '../../../../support/run-steps.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const row: TensorInfo = {name: 'x', type: 'f32', shape: ['n', 2]};
const one = tensorOf('f32', [1], [1]);
const pair = tensorOf('f32', [1, 2], [3, 4]);

/** x -> Add -> y, under names that the steps around it use too. */
function increment(opset = 18): NetworkBuilder {
  return new NetworkBuilder('increment')
    .opset('', opset)
    .input('x', 'f32', ['m', 2])
    .initializer('constant_0', one)
    .node('Add', 'x constant_0', 'Div_1', {}, 'x/preprocessed')
    .node('Identity', 'Div_1', 'y')
    .output('y', 'f32', ['m', 2]);
}

const step = (network: NetworkBuilder): ProcessingStep => ({
  kind: 'custom',
  model: network.bytes(),
});

test('a network is a step among others, its names kept apart', async t => {
  const scale: ProcessingStep = {kind: 'scale', values: 2};
  const steps = [step(increment()), scale, step(increment())];
  const {data} = await runSteps({steps}, row, pair);
  t.deepEqual([...data], [3, 3.5]);
});

test('an input whose name begins as the network’s own would is not taken for it', async t => {
  const input: TensorInfo = {name: 'custom_0/x', type: 'f32', shape: [1, 2]};
  const {data} = await runSteps({steps: [step(increment())]}, input, pair);
  t.deepEqual([...data], [4, 5]);
});

test('a network that gives what it takes, or a constant, is one too', async t => {
  const through = new NetworkBuilder().input('x', 'f32', null).output('x', 'f32');
  t.deepEqual([...(await runSteps({steps: [step(through)]}, row, pair)).data], [3, 4]);
  const fixed = new NetworkBuilder().input('x', 'f32', null).initializer('y', pair);
  const model = step(fixed.output('y', 'f32', [1, 2]));
  t.deepEqual([...(await runSteps({steps: [model]}, row, pair)).data], [3, 4]);
});

test('what the bodies of a network capture is renamed as well', async t => {
  const branch = (operation: string) =>
    new NetworkBuilder(operation).node(operation, 'x c', 'out').output('out', 'f32').graph();
  const network = new NetworkBuilder()
    .opset('', 18)
    .input('x', 'f32', [1, 2])
    .initializer('c', one)
    .initializer('yes', tensorOf('bool', [], [true]))
    .node('If', 'yes', 'out', {then_branch: branch('Add'), else_branch: branch('Sub')})
    .output('out', 'f32', [1, 2]);
  const {model} = preprocessNetwork({x: {steps: [step(network), step(network)]}}, [row]);
  const results = await runModel(model, new Map([['x', pair]]));
  t.deepEqual([...(results.get('x/preprocessed')?.data ?? [])], [5, 6]);
});

test('an image is resized to what the network behind it takes', async t => {
  const mean = new NetworkBuilder()
    .opset('', 18)
    .input('image', 'f32', ['n', 1, 2, 2])
    .node('GlobalAveragePool', 'image', 'mean')
    .output('mean', 'f32', ['n', 1, 1, 1]);
  const input: TensorInfo = {name: 'x', type: 'f32', shape: ['n', 1, 1, 1]};
  const steps = [{kind: 'resize', mode: 'nearest'}, step(mean)];
  const image = tensorOf('f32', [1, 1, 4, 4], [...Array(16).keys()]);
  const {data} = await runSteps({layout: 'NCHW', steps}, input, image);
  t.deepEqual([...data], [(0 + 2 + 8 + 10) / 4]);
});

test('a network of another rank ends the layout, or says its own', async t => {
  const flat = new NetworkBuilder()
    .input('x', 'f32', null)
    .node('Flatten', 'x', 'y')
    .output('y', 'f32', ['n', 2]);
  const mean: ProcessingStep = {kind: 'mean', values: [1, 2]};
  const image = tensorOf('f32', [1, 2, 1, 1], [3, 4]);
  const declared = {layout: 'NCHW', shape: [1, 2, 1, 1]};
  const given = {...step(flat), layout: 'NC'};
  const {data} = await runSteps({...declared, steps: [given, mean]}, row, image);
  t.deepEqual([...data], [2, 2]);
  await t.throwsAsync(runSteps({...declared, steps: [step(flat), mean]}, row, image), {
    message: /step 2 \(mean\): .* no layout is declared/,
  });
});

test('names of dimensions inside become what is given for them', t => {
  const {outputs} = postprocessNetwork({x: {steps: [step(increment())]}}, [row]);
  t.deepEqual(outputs, [row]);
});

test('ONNX’s operators are raised to the highest version that any step needs', async t => {
  for (const [first, second] of [
    [13, 18],
    [13, 21],
    [21, 13],
  ]) {
    const steps = [step(increment(first)), step(increment(second))];
    t.deepEqual([...(await runSteps({steps}, row, pair)).data], [5, 6]);
  }
});

test('operators of other domains come along', async t => {
  const gelu = new NetworkBuilder()
    .opset('com.microsoft', 1)
    .input('x', 'f32', ['n', 2])
    .node('com.microsoft.Gelu', 'x', 'y')
    .output('y', 'f32', ['n', 2]);
  const {model} = preprocessNetwork({x: {steps: [step(gelu)]}}, [row]);
  const results = await runModel(model, new Map([['x', tensorOf('f32', [1, 2])]]));
  t.deepEqual([...(results.get('x/preprocessed')?.data ?? [])], [0, 0]);
});

function reduction(opset: number): NetworkBuilder {
  return new NetworkBuilder()
    .opset('', opset)
    .input('x', 'f32', ['n', 2])
    .node('ReduceMean', 'x', 'y', {axes: [1n]})
    .output('y', 'f32', ['n', 1]);
}

function withDomain(version: number): NetworkBuilder {
  return increment().opset('com.example', version);
}

const refusals: readonly (readonly [string, readonly unknown[], string, RegExp])[] = [
  ['what is no network', [{kind: 'custom', model: new Uint8Array(3)}], 'INVALID_NETWORK', /step 1/],
  [
    'what is no bytes',
    [{kind: 'custom', model: 'relu.onnx'}],
    'INVALID_ARGUMENT',
    /the bytes of an/,
  ],
  [
    'a network of two inputs',
    [step(increment().input('z', 'f32', [1]))],
    'INVALID_ARGUMENT',
    /step 1 \(custom\): expected a network of one input and one output, given 2 and 1/,
  ],
  [
    'an output of unknown type',
    [step(new NetworkBuilder().input('x', 'f32', null).node('Relu', 'x', 'y').output('y'))],
    'INVALID_ARGUMENT',
    /says the element type of its output "y"/,
  ],
  [
    'other elements than the network takes',
    [{kind: 'convertElementType', type: 'f64'}, step(increment())],
    'INVALID_ARGUMENT',
    /step 2 \(custom\): expected elements of f32, which the network takes, given f64/,
  ],
  [
    'another shape than the network takes',
    [
      {kind: 'pad', begin: [0, 0], end: [0, 1]},
      step(increment()),
      {kind: 'crop', begin: [0, 0], end: [1, 2]},
    ],
    'INVALID_ARGUMENT',
    /expected the shape \[m,2\], which the network takes, given \[n,3\]/,
  ],
  [
    'a layout that the output does not have',
    [{...step(increment()), layout: 'NCHW'}],
    'INVALID_ARGUMENT',
    /the layout NCHW does not fit the shape \[m,2\]/,
  ],
  [
    'operators older than can be raised',
    [step(increment(12))],
    'NOT_IMPLEMENTED',
    /expected operator set 13 or later, given 12/,
  ],
  [
    'an operator that became another one',
    [step(reduction(13))],
    'NOT_IMPLEMENTED',
    /ReduceMean of operator set 13 is another one from 18 on, and steps run in 18/,
  ],
  [
    'several versions of another domain',
    [step(withDomain(1)), step(withDomain(2))],
    'NOT_IMPLEMENTED',
    /step 2 \(custom\): expected version 1 of the operators of com.example, given 2/,
  ],
  [
    'a network of local functions',
    [
      step(
        increment().function('my.double', 'a', 'b', new NetworkBuilder().node('Add', 'a a', 'b')),
      ),
    ],
    'NOT_IMPLEMENTED',
    /local functions/,
  ],
  [
    'more than fits into a message',
    [{kind: 'custom', model: new Uint8Array(customBytesMax + 1)}],
    'INVALID_ARGUMENT',
    /at most 8388608 bytes of custom networks/,
  ],
];

for (const [what, steps, code, message] of refusals) {
  test(`refuses ${what}`, async t => {
    const declared = {shape: ['n', 2], steps};
    const run = runSteps(declared, row, pair);
    const error = await t.throwsAsync(run, {instanceOf: InferenceError, message});
    t.is(error.code, code as typeof error.code);
  });
}

test('a client gives the bytes of a network', t => {
  const steps = new PrePostProcessor();
  const model = increment().bytes();
  steps.input('x').custom(model, {layout: 'NC'});
  const declared: Preprocessing = parsePreprocessing(steps.build());
  t.deepEqual(declared.inputs['x']?.steps, [{kind: 'custom', model, layout: 'NC'}]);
});
