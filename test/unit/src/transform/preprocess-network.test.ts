import test from 'ava';
import type {ElementType} from '../../../../schemas/element-type.js';
import type {ProcessingStep} from '../../../../schemas/preprocessing.js';
import type {TensorData, TensorInfo} from '../../../../schemas/tensor.js';
import {InferenceError} from '../../../../src/errors.js';
import {parsePreprocessing} from '../../../../src/transform/parse-preprocessing.js';
import {preprocessNetwork} from '../../../../src/transform/preprocess-network.js';
import {runSteps} from '../../../support/run-steps.js';
import {tensorOf} from '../../../support/tensor-of.js';

const image: TensorInfo = {name: 'image', type: 'f32', shape: ['n', 2, 2, 2]};

/** Two channels of 2 x 2 pixels, channels last. */
const pixels = tensorOf('u8', [1, 2, 2, 2], [10, 20, 30, 40, 50, 60, 70, 80]);

function preprocess(given: object, tensor: TensorData, input = image): Promise<TensorData> {
  return runSteps(given, input, tensor);
}

test('steps run in the order in which they are listed', async t => {
  const steps = [
    {kind: 'convertElementType', type: 'f32'},
    {kind: 'mean', values: 10},
    {kind: 'scale', values: 2},
  ];
  const given = {type: 'u8', steps};
  const input = {...image, shape: [1, 2, 2, 2]};
  t.deepEqual([...(await preprocess(given, pixels, input)).data], [0, 5, 10, 15, 20, 25, 30, 35]);
  const [convert, mean, scale] = steps;
  const other = {type: 'u8', steps: [convert, scale, mean]};
  t.deepEqual([...(await preprocess(other, pixels, input)).data], [-5, 0, 5, 10, 15, 20, 25, 30]);
});

test('a number for each channel follows the channels wherever the layout has them', async t => {
  const mean = {kind: 'mean', values: [10, 20]};
  const toFloat = {kind: 'convertElementType', type: 'f32'};
  const toPlanes = {kind: 'convertLayout', to: 'NCHW'};
  const expected = tensorOf('f32', [1, 2, 2, 2], [0, 20, 40, 60, 0, 20, 40, 60]);
  for (const steps of [
    [toFloat, mean, toPlanes],
    [toPlanes, toFloat, mean],
  ]) {
    const result = await preprocess({type: 'u8', layout: 'NHWC', steps}, pixels);
    t.deepEqual(result, expected);
  }
});

test('a layout converts by letters as by the permutation that they mean', async t => {
  const convert = {kind: 'convertElementType', type: 'f32'};
  const byLetters = {layout: 'NHWC', steps: [convert, {kind: 'convertLayout', to: 'NCHW'}]};
  const byAxes = {steps: [convert, {kind: 'convertLayout', to: [0, 3, 1, 2]}]};
  const expected = tensorOf('f32', [1, 2, 2, 2], [10, 30, 50, 70, 20, 40, 60, 80]);
  t.deepEqual(await preprocess({type: 'u8', ...byLetters}, pixels), expected);
  t.deepEqual(await preprocess({type: 'u8', ...byAxes}, pixels), expected);
});

test('channels reverse, their number known or not', async t => {
  const steps = [{kind: 'reverseChannels'}];
  const input: TensorInfo = {name: 'image', type: 'u8', shape: [1, 2, 2, 2]};
  const open: TensorInfo = {name: 'image', type: 'u8', shape: ['n', '?', '?', 'c']};
  const expected = [20, 10, 40, 30, 60, 50, 80, 70];
  t.deepEqual([...(await preprocess({layout: 'NHWC', steps}, pixels, input)).data], expected);
  t.deepEqual([...(await preprocess({layout: 'NHWC', steps}, pixels, open)).data], expected);
});

test('an image resizes to what the network takes, wherever its pixels lie', async t => {
  const steps = [
    {kind: 'convertElementType', type: 'f32'},
    {kind: 'resize', mode: 'nearest'},
    {kind: 'convertLayout', to: 'NCHW'},
  ];
  const input: TensorInfo = {name: 'image', type: 'f32', shape: ['n', 2, 4, 2]};
  const result = await preprocess({type: 'u8', layout: 'NHWC', steps}, pixels, input);
  const planes = [10, 30, 10, 30, 50, 70, 50, 70, 20, 40, 20, 40, 60, 80, 60, 80];
  t.deepEqual(result, tensorOf('f32', [1, 2, 4, 2], planes));
});

test('linear and cubic resizing keep a constant image and the mean of a ramp', async t => {
  const ramp = tensorOf('f32', [1, 1, 4, 4], [...Array(16).keys()]);
  const input: TensorInfo = {name: 'image', type: 'f32', shape: [1, 1, 2, 2]};
  for (const mode of ['linear', 'cubic']) {
    const given = {layout: 'NCHW', steps: [{kind: 'resize', mode}]};
    const {data} = await preprocess(given, ramp, input);
    const mean = [...(data as Float32Array)].reduce((sum, value) => sum + value, 0) / 4;
    t.true(Math.abs(mean - 7.5) < 1e-5, `${mode}: ${data}`);
  }
});

test('a window is cropped after a resize of its own size', async t => {
  const steps = [
    {kind: 'resize', mode: 'nearest', height: 4, width: 4},
    {kind: 'crop', top: 1, left: 1, height: 2, width: 2},
  ];
  const input: TensorInfo = {name: 'image', type: 'f32', shape: [1, 1, 2, 2]};
  const tensor = tensorOf('f32', [1, 1, 2, 2], [1, 2, 3, 4]);
  const result = await preprocess({layout: 'NCHW', steps}, tensor, input);
  t.deepEqual([...result.data], [1, 2, 3, 4]);
});

test('a border is added, and taken off the shape that the client sends', async t => {
  const steps: ProcessingStep[] = [{kind: 'pad', top: 1, bottom: 0, left: 0, right: 1, value: 9}];
  const input: TensorInfo = {name: 'image', type: 'f32', shape: [1, 1, 2, 3]};
  const {inputs} = preprocessNetwork({image: {layout: 'NCHW', steps}}, [input]);
  t.deepEqual(inputs, [{name: 'image', type: 'f32', shape: [1, 1, 1, 2], layout: 'NCHW'}]);
  const tensor = tensorOf('f32', [1, 1, 1, 2], [1, 2]);
  const result = await preprocess({layout: 'NCHW', steps}, tensor, input);
  t.deepEqual([...result.data], [9, 9, 9, 1, 2, 9]);
});

test('the client sends what the declaration says under the name of the input', t => {
  const steps: ProcessingStep[] = [
    {kind: 'convertElementType', type: 'f32'},
    {kind: 'resize', mode: 'linear'},
    {kind: 'convertLayout', to: 'NCHW'},
  ];
  const other: TensorInfo = {name: 'other', type: 'i64', shape: []};
  const made = preprocessNetwork({image: {type: 'u8', layout: 'NHWC', steps}}, [image, other]);
  const sent = {name: 'image', type: 'u8', shape: ['n', '?', '?', 2], layout: 'NHWC'} as const;
  t.deepEqual(made.inputs, [sent]);
  t.deepEqual(made.outputs, [{...image, name: 'image/preprocessed'}]);
  t.deepEqual([...made.clientInputs], [['image', [sent]]]);
});

test('an input that passes as it is needs no network, and keeps its declared layout', t => {
  const made = preprocessNetwork({image: {networkLayout: 'NCHW', steps: []}}, [image]);
  t.deepEqual(made.outputs, []);
  t.deepEqual([...made.clientInputs], [['image', [{...image, layout: 'NCHW'}]]]);
});

test('what is declared of both sides is converted without being asked for', async t => {
  const declared = {type: 'u8', layout: 'NHWC', networkLayout: 'NCHW', steps: []};
  const expected = tensorOf('f32', [1, 2, 2, 2], [10, 30, 50, 70, 20, 40, 60, 80]);
  t.deepEqual(await preprocess(declared, pixels), expected);
});

test('an image without an axis N is a batch of one', async t => {
  const declared = {type: 'u8', layout: 'HWC', networkLayout: 'NCHW', steps: []};
  const {inputs} = preprocessNetwork(parsePreprocessing({inputs: {image: declared}}).inputs, [
    image,
  ]);
  t.deepEqual(inputs[0]?.shape, [2, 2, 2]);
  const expected = tensorOf('f32', [1, 2, 2, 2], [10, 30, 50, 70, 20, 40, 60, 80]);
  t.deepEqual(await preprocess(declared, {...pixels, shape: [2, 2, 2]}), expected);
  const batch = {...image, shape: [4, 2, 2, 2]};
  await t.throwsAsync(preprocess(declared, pixels, batch), {
    message: /\(convertLayout\): expected 1 along an axis that is added/,
  });
});

test('steps without a type or a layout lead to those of the network', async t => {
  const steps = [
    {kind: 'convertLayout'},
    {kind: 'convertElementType'},
    {kind: 'mean', values: [10, 20]},
  ];
  const declared = {type: 'u8', layout: 'NHWC', networkLayout: 'NCHW', steps};
  const expected = tensorOf('f32', [1, 2, 2, 2], [0, 20, 40, 60, 0, 20, 40, 60]);
  t.deepEqual(await preprocess(declared, pixels), expected);
});

test('the layout of what is sent follows from the network’s, back through the axes', t => {
  const steps: ProcessingStep[] = [
    {kind: 'reverseChannels'},
    {kind: 'convertLayout', to: [0, 3, 1, 2]},
  ];
  const made = preprocessNetwork({image: {networkLayout: 'NCHW', steps}}, [image]);
  t.deepEqual(made.inputs, [{name: 'image', type: 'f32', shape: ['n', 2, 2, 2], layout: 'NHWC'}]);
});

test('a spatial shape replaces height and width of what is sent, or leaves them open', t => {
  const resize: ProcessingStep[] = [{kind: 'resize', mode: 'linear'}];
  const shapes = (['dynamic', {height: 480, width: 640}] as const).map(spatial => {
    const declared = {layout: 'NCHW', spatial, steps: resize};
    return preprocessNetwork({image: declared}, [image]).inputs[0]?.shape;
  });
  t.deepEqual(shapes, [
    ['n', 2, '?', '?'],
    ['n', 2, 480, 640],
  ]);
});

test('an image of bytes is resized with rounding, and stays within bytes', async t => {
  const input: TensorInfo = {name: 'image', type: 'u8', shape: [1, 1, 1, 4]};
  const tensor = tensorOf('u8', [1, 1, 1, 2], [0, 255]);
  const expected = {linear: [0, 64, 191, 255], cubic: [0, 58, 197, 255]};
  for (const [mode, values] of Object.entries(expected)) {
    const declared = {layout: 'NCHW', steps: [{kind: 'resize', mode}]};
    t.deepEqual([...(await preprocess(declared, tensor, input)).data], values, mode);
  }
});

const refusals: readonly (readonly [string, object, RegExp])[] = [
  ['an unknown step', {steps: [{kind: 'blur'}]}, /inputs\.image\.steps\.0.*Invalid/i],
  ['an unknown field', {stepz: [], steps: []}, /stepz/],
  ['a scale of zero', {steps: [{kind: 'scale', values: [1, 0]}]}, /no zero/],
  [
    'a mean of whole numbers',
    {type: 'u8', steps: [{kind: 'mean', values: 1}]},
    /input "image", step 1 \(mean\): expected floating-point elements, given u8/,
  ],
  [
    'too few numbers for the channels',
    {layout: 'NCHW', steps: [{kind: 'mean', values: [1, 2, 3]}]},
    /step 1 \(mean\): expected 2 numbers, one for each channel, given 3/,
  ],
  [
    'channels without a layout',
    {steps: [{kind: 'reverseChannels'}]},
    /step 1 \(reverseChannels\): expected a layout with an axis C, but no layout is declared/,
  ],
  [
    'a layout of other letters',
    {layout: 'NHWC', steps: [{kind: 'convertLayout', to: 'NCDW'}]},
    /step 1 \(convertLayout\): expected a layout with an axis D, but the layout is NHWC/,
  ],
  [
    'a permutation that repeats an axis',
    {steps: [{kind: 'convertLayout', to: [0, 0, 1, 2]}]},
    /expected each axis from 0 to 3 once/,
  ],
  ['a layout of another rank', {layout: 'NC', steps: []}, /layout NC does not fit the shape/],
  [
    'a shape that does not become what the network takes',
    {shape: [1, 2, 3, 3], steps: []},
    /its steps give the shape \[1,2,3,3\], the network takes \[n,2,2,2\]/,
  ],
  [
    'a window outside the image',
    {
      ...{layout: 'NCHW', shape: [1, 2, 3, 3]},
      steps: [{kind: 'crop', top: 2, left: 0, height: 2, width: 2}],
    },
    /step 1 \(crop\): expected a window inside \[1,2,3,3\], given one that ends at 4/,
  ],
  [
    'a resize to no size',
    {
      layout: 'NCHW',
      steps: [
        {kind: 'resize', mode: 'linear'},
        {kind: 'crop', top: 0, left: 0, height: 2, width: 2},
      ],
    },
    /step 1 \(resize\): expected a height/,
  ],
  [
    'resizing elements that float32 does not hold',
    {type: 'i32', layout: 'NCHW', steps: [{kind: 'resize', mode: 'linear'}]},
    /step 1 \(resize\): expected elements of f32, .* given i32: convert the element type first/,
  ],
  [
    'a colour that is not declared',
    {layout: 'NCHW', steps: [{kind: 'convertColor', to: 'RGB'}]},
    /step 1 \(convertColor\): expected a declared colour format/,
  ],
  [
    'a window and ranges at once',
    {layout: 'NCHW', steps: [{kind: 'crop', top: 0, left: 0, height: 1, width: 1, begin: [0]}]},
    /either top, left, height and width, or begin and end/,
  ],
  ['half a window', {layout: 'NCHW', steps: [{kind: 'crop', top: 0, left: 0}]}, /either top/],
  [
    'ranges for too few axes',
    {steps: [{kind: 'crop', begin: [0], end: [1]}]},
    /step 1 \(crop\): expected 4 axes for the shape/,
  ],
  [
    'ranges that leave nothing',
    {shape: [1, 2, 2, 2], steps: [{kind: 'crop', begin: [0, 0, 0, 2], end: [1, 2, 2, 2]}]},
    /step 1 \(crop\): expected something of axis 3/,
  ],
  [
    'a value in a border of the outermost',
    {steps: [{kind: 'pad', begin: [0, 0, 0, 0], end: [0, 0, 0, 1], mode: 'edge', value: 1}]},
    /no value in another mode/,
  ],
  [
    'a border of a value that the elements cannot have',
    {
      ...{type: 'u8', layout: 'NCHW'},
      steps: [{kind: 'pad', top: 1, bottom: 0, left: 0, right: 0, value: 300}],
    },
    /step 1 \(pad\): expected a value that u8 holds, given 300/,
  ],
  [
    'too few values for the channels of a border',
    {
      layout: 'NCHW',
      steps: [{kind: 'pad', top: 1, bottom: 0, left: 0, right: 0, value: [1]}],
    },
    /step 1 \(pad\): expected a value for each channel \(2\), given 1/,
  ],
  [
    'a layout that is left to a network without one',
    {layout: 'NHWC', steps: [{kind: 'convertLayout'}]},
    /input "image": convertLayout to what\?/,
  ],
  [
    'a shape and a spatial shape',
    {shape: [1, 2, 2, 2], spatial: 'dynamic', steps: []},
    /a shape or a spatial shape, given both/,
  ],
  ['a spatial shape without a layout', {spatial: 'dynamic', steps: []}, /axes H and W/],
  [
    'a network’s layout of another rank',
    {networkLayout: 'NCW', steps: []},
    /layout NCW does not fit the shape/,
  ],
];

for (const [what, given, message] of refusals) {
  test(`refuses ${what}`, async t => {
    const error = await t.throwsAsync(preprocess(given, pixels), {instanceOf: InferenceError});
    t.is(error.code, 'INVALID_ARGUMENT');
    t.regex(error.message, message);
  });
}

test('refuses an input that the network does not have', t => {
  const error = t.throws(() => preprocessNetwork({other: {steps: []}}, [image]), {
    instanceOf: InferenceError,
  });
  t.is(error.code, 'UNKNOWN_INPUT');
});

const everyStep: readonly ProcessingStep[] = [
  {kind: 'mean', values: [1, 2]},
  {kind: 'scale', values: 2},
  {kind: 'convertLayout', to: 'NHWC'},
  {kind: 'reverseChannels'},
  {kind: 'resize', mode: 'linear', height: 3, width: 5},
  {kind: 'resize', mode: 'nearest', height: 3, width: 5},
  {kind: 'resize', mode: 'cubic', height: 3, width: 5},
  {kind: 'crop', top: 0, left: 1, height: 2, width: 1},
  {kind: 'pad', top: 1, bottom: 1, left: 1, right: 1},
  {kind: 'pad', top: 1, bottom: 1, left: 1, right: 1, mode: 'edge'},
  {kind: 'pad', top: 1, bottom: 1, left: 1, right: 1, mode: 'reflect'},
  {kind: 'pad', top: 1, bottom: 1, left: 1, right: 1, mode: 'symmetric'},
  {kind: 'pad', top: 1, bottom: 1, left: 1, right: 1, value: [0, 1]},
  {kind: 'crop', begin: [0, 0, 0, 0], end: [1, 1, 1, 1]},
  {kind: 'convertElementType', type: 'u8'},
  {kind: 'convertElementType', type: 'f32'},
  {kind: 'softmax', axis: -1},
];
const numericTypes: readonly ElementType[] = [
  ...(['bool', 'f16', 'f32', 'f64', 'i8', 'i16'] as const),
  ...(['i32', 'i64', 'u8', 'u16', 'u32', 'u64'] as const),
];

for (const type of numericTypes) {
  test(`every step either runs on ${type} or refuses it`, async t => {
    const input: TensorInfo = {name: 'x', type, shape: null};
    for (const step of everyStep) {
      const given = {layout: 'NCHW', shape: ['n', 2, 2, 2], steps: [step]};
      const run = preprocess(given, tensorOf(type, [1, 2, 2, 2]), input);
      const code = await run.then(
        () => 'ran',
        error => (error instanceof InferenceError ? error.code : `${error}`),
      );
      t.true(code === 'ran' || code === 'INVALID_ARGUMENT', `${step.kind}: ${code}`);
    }
  });
}
