import test from 'ava';
import type {NamedTensors, TensorData, TensorInfo} from '../../../schemas/tensor.js';
import {imageInputs} from '../../../src/cli/image-inputs.js';
import type {ImageOptions} from '../../../src/cli/image-options.js';
import {InferenceError} from '../../../src/errors.js';
import {Tensor} from '../../../src/tensor.js';
import {differences} from '../../support/close-to.js';
import {runSteps} from '../../support/run-steps.js';
import {tensorOf} from '../../support/tensor-of.js';

/** One row of pixels. */
function image(channels: number, ...values: readonly number[]): Tensor<'u8'> {
  return new Tensor('u8', [1, 1, values.length / channels, channels], new Uint8Array(values));
}

const colors = image(3, 200, 100, 50, 0, 10, 255);
const clear = image(4, 200, 100, 50, 7, 0, 10, 255, 7);
const grey = image(1, 124, 35);

function infoOf(type: TensorInfo['type'], shape: TensorInfo['shape']): TensorInfo {
  return {name: 'image', type, shape};
}

/** What a network with this input gets. */
async function given(info: TensorInfo, one: Tensor<'u8'>, options: ImageOptions = {}) {
  const {preprocessing, tensors} = imageInputs([info], new Map([['image', [one]]]), options);
  const declared = preprocessing?.inputs['image'] ?? {};
  return runSteps(declared, info, tensors.get('image') as TensorData);
}

const planar = infoOf('f32', ['n', 3, 1, 2]);
const cases: readonly (readonly [string, TensorInfo, Tensor<'u8'>, ImageOptions, TensorData])[] = [
  [
    'colours are given by planes to a network that has them so',
    planar,
    colors,
    {},
    tensorOf('f32', [1, 3, 1, 2], [200, 0, 100, 10, 50, 255]),
  ],
  [
    'colours are given pixel by pixel to a network that has them so',
    infoOf('u8', ['n', 1, 2, 3]),
    colors,
    {layout: 'NHWC'},
    tensorOf('u8', [1, 1, 2, 3], [200, 100, 50, 0, 10, 255]),
  ],
  [
    'channels are reversed before mean and scale',
    planar,
    colors,
    {reverseInputChannels: true, meanValues: '50,0,0', scaleValues: '[1,10,100]'},
    tensorOf('f32', [1, 3, 1, 2], [0, 205, 10, 1, 2, 0]),
  ],
  [
    'one number is for all channels',
    planar,
    colors,
    {scaleValues: 'image[50]'},
    tensorOf('f32', [1, 3, 1, 2], [4, 0, 2, 0.2, 1, 5.1]),
  ],
  [
    'an image becomes as large as the network takes it',
    infoOf('f32', [1, 3, 2, 1]),
    colors,
    {layout: 'NCHW', resize: 'nearest'},
    tensorOf('f32', [1, 3, 2, 1], [200, 200, 100, 100, 50, 50]),
  ],
  [
    'an image keeps its size where the network takes any',
    infoOf('f32', ['n', 3, 'h', 'w']),
    colors,
    {},
    tensorOf('f32', [1, 3, 1, 2], [200, 0, 100, 10, 50, 255]),
  ],
  [
    'only the side that is fixed is resized',
    infoOf('f32', ['n', 3, 'h', 1]),
    colors,
    {layout: 'NCHW'},
    tensorOf('f32', [1, 3, 1, 1], [100, 55, 152.5]),
  ],
  [
    'what shrinks may be smoothed',
    infoOf('f32', ['n', 1, 'h', 1]),
    image(1, 0, 96, 96, 96),
    {layout: 'NCHW', antialias: true},
    tensorOf('f32', [1, 1, 1, 1], [76]),
  ],
  [
    'alpha is ignored where there are three channels',
    planar,
    clear,
    {},
    tensorOf('f32', [1, 3, 1, 2], [200, 0, 100, 10, 50, 255]),
  ],
  [
    'alpha is given where there are four',
    infoOf('u8', [1, 4, 1, 2]),
    clear,
    {},
    tensorOf('u8', [1, 4, 1, 2], [200, 0, 100, 10, 50, 255, 7, 7]),
  ],
  [
    'an image without alpha is opaque',
    infoOf('u8', [1, 4, 1, 2]),
    grey,
    {},
    tensorOf('u8', [1, 4, 1, 2], [124, 35, 124, 35, 124, 35, 255, 255]),
  ],
  [
    'colours become grey for one channel',
    infoOf('f16', [1, 1, 1, 2]),
    colors,
    {layout: 'NCHW', scaleValues: '1'},
    // 124 and 35, as float16
    tensorOf('f16', [1, 1, 1, 2], [0x57c0, 0x5060]),
  ],
  [
    'grey becomes colours for three',
    infoOf('f32', [3, 1, 2]),
    grey,
    {},
    tensorOf('f32', [3, 1, 2], [124, 35, 124, 35, 124, 35]),
  ],
  [
    'an image of two axes is grey',
    infoOf('i32', [1, 2]),
    grey,
    {},
    tensorOf('i32', [1, 2], [124, 35]),
  ],
];

for (const [what, info, one, options, expected] of cases) {
  test(what, async t => {
    const [is, was] = [await given(info, one, options), expected].map(
      (tensor): NamedTensors => new Map([['image', tensor]]),
    );
    t.deepEqual(differences(is as NamedTensors, was as NamedTensors), []);
  });
}

test('several images are a batch, of as many channels as they all can have', t => {
  const images = new Map([['image', [grey, colors]]]);
  const {tensors} = imageInputs([planar], images, {});
  const [first, second] = tensors.get('image') as readonly TensorData[];
  t.deepEqual([...(first?.data ?? [])], [124, 124, 124, 35, 35, 35]);
  t.deepEqual(second?.shape, [1, 1, 2, 3]);
});

test('what is not an image is left alone', t => {
  const {preprocessing, tensors} = imageInputs([planar], new Map(), {});
  t.is(preprocessing, undefined);
  t.is(tensors.size, 0);
});

const refusals: readonly (readonly [string, TensorInfo, Tensor<'u8'>, ImageOptions, RegExp])[] = [
  [
    'two layouts that fit',
    infoOf('f32', [1, 3, 4, 3]),
    grey,
    {},
    /image: say with --layout .*NCHW and NHWC fit/,
  ],
  ['no layout that fits', infoOf('f32', [1, 7, 4, 7]), grey, {}, /say with --layout .*not found/],
  ['an input of unknown rank', infoOf('f32', null), grey, {}, /say with --layout what the axes of/],
  [
    'a layout of other letters',
    planar,
    grey,
    {layout: 'NCDW'},
    /a layout of N, C, H and W .* "NCDW"/,
  ],
  [
    'two channels',
    infoOf('f32', [1, 2, 4, 4]),
    grey,
    {layout: 'NCHW'},
    /expected 1, 3 or 4 channels/,
  ],
  [
    'colours without an axis for them',
    infoOf('f32', [1, 2]),
    colors,
    {},
    /expected a grey image for HW/,
  ],
  [
    'four channels to be reversed',
    infoOf('f32', [1, 4, 1, 2]),
    clear,
    {reverseInputChannels: true},
    /three channels to reverse/,
  ],
  ['numbers that are none', planar, grey, {meanValues: '1,x'}, /--mean-values: expected numbers/],
  [
    'half a bracket',
    planar,
    grey,
    {scaleValues: 'image[1'},
    /--scale-values: expected VALUE, or NAME/,
  ],
  ['another input', planar, grey, {layout: 'mask[HW]'}, /--layout: expected one of image,.*"mask"/],
];

for (const [what, info, one, options, message] of refusals) {
  test(`refuses ${what}`, t => {
    const call = () => imageInputs([info], new Map([['image', [one]]]), options);
    const error = t.throws(call, {instanceOf: InferenceError, message});
    t.is(error.code, 'INVALID_ARGUMENT');
  });
}

test('refuses options for images where there are none', t => {
  for (const options of [{layout: 'NCHW'}, {meanValues: '1'}, {reverseInputChannels: true}]) {
    const message = /expected an image for an input, as in --input image=cat.png/;
    t.throws(() => imageInputs([planar], new Map(), options), {message});
  }
});

test('options may say something of each input', t => {
  const inputs = [infoOf('f32', [1, 1, 1, 2]), {...infoOf('f32', [1, 2]), name: 'mask'}];
  const images = new Map([
    ['image', [grey]],
    ['mask', [grey]],
  ]);
  const options = {layout: 'image[NCHW], mask[HW]', scaleValues: 'mask[255]'};
  const {preprocessing} = imageInputs(inputs, images, options);
  t.is(preprocessing?.inputs['mask']?.networkLayout, 'HW');
  t.deepEqual(preprocessing?.inputs['mask']?.steps.at(-1), {kind: 'scale', values: 255});
  t.deepEqual(preprocessing?.inputs['image']?.steps.at(-1), {
    kind: 'convertElementType',
    type: 'f32',
  });
});
