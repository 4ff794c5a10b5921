import test from 'ava';
import type {ElementType} from '../../../../schemas/element-type.js';
import type {ColorFormat} from '../../../../schemas/preprocessing.js';
import type {NamedTensors, TensorData, TensorInfo} from '../../../../schemas/tensor.js';
import {InferenceError} from '../../../../src/errors.js';
import {preprocessNetwork} from '../../../../src/transform/preprocess-network.js';
import {runSteps} from '../../../support/run-steps.js';
import {tensorOf} from '../../../support/tensor-of.js';

const [height, width] = [6, 8];
const chromaSize = (height / 2) * (width / 2);

/** A gradient: brighter to the right, bluer to the right, redder to the bottom. */
const luma = Array.from({length: height * width}, (_, at) => {
  return Math.round(16 + ((at % width) * 219) / (width - 1)) - Math.floor(at / width);
});
const u = Array.from({length: chromaSize}, (_, at) => 16 + (at % (width / 2)) * 74);
const v = Array.from({length: chromaSize}, (_, at) => 240 - Math.floor(at / (width / 2)) * 90);

/** The same picture in every format of luma and chroma, `batch` times. */
function picture(color: ColorFormat, type: ElementType, batch = 1): NamedTensors {
  const times = (values: readonly number[]) => Array.from({length: batch}, () => values).flat();
  const plane = (shape: readonly number[], values: readonly number[]) =>
    tensorOf(type, [batch, ...shape], times(values));
  const pairs = u.flatMap((each, at) => [each, v[at] ?? 0]);
  const [half, rows] = [[height / 2, width / 2], (height * 3) / 2];
  switch (color) {
    case 'NV12_SINGLE_PLANE':
      return new Map([['x', plane([rows, width, 1], [...luma, ...pairs])]]);
    case 'I420_SINGLE_PLANE':
      return new Map([['x', plane([rows, width, 1], [...luma, ...u, ...v])]]);
    case 'NV12_TWO_PLANES':
      return new Map([
        ['x/y', plane([height, width, 1], luma)],
        ['x/uv', plane([...half, 2], pairs)],
      ]);
    default:
      return new Map([
        ['x/y', plane([height, width, 1], luma)],
        ['x/u', plane([...half, 1], u)],
        ['x/v', plane([...half, 1], v)],
      ]);
  }
}

/** Pixel by pixel, in double precision: the formulas of OpenVINO's NV12toRGB-8. */
function rgb(round: (value: number) => number): readonly (readonly number[])[] {
  return luma.map((each, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    const index = Math.floor(row / 2) * (width / 2) + Math.floor(column / 2);
    const [c, d, e] = [each - 16, (u[index] ?? 0) - 128, (v[index] ?? 0) - 128];
    const colors = [
      (1164 * c + 1596 * e) / 1000,
      (1164 * c - 813 * e - 391 * d) / 1000,
      (1164 * c + 2018 * d) / 1000,
    ];
    return colors.map(color => round(Math.min(255, Math.max(0, color))));
  });
}

const formats = [
  'NV12_SINGLE_PLANE',
  'NV12_TWO_PLANES',
  'I420_SINGLE_PLANE',
  'I420_THREE_PLANES',
] as const;

function declare(color: ColorFormat, to: string, type: ElementType) {
  return {type, color, steps: [{kind: 'convertColor', to}]};
}

for (const color of formats) {
  for (const to of ['RGB', 'BGR'] as const) {
    test(`${color} of bytes becomes ${to}, rounded, whether its size is known or not`, async t => {
      const pixels = rgb(Math.round).map(each => (to === 'RGB' ? each : each.toReversed()));
      for (const shape of [
        [2, height, width, 3],
        ['n', '?', '?', 3],
      ]) {
        const input: TensorInfo = {name: 'x', type: 'u8', shape};
        const result = await runSteps(declare(color, to, 'u8'), input, picture(color, 'u8', 2));
        t.deepEqual(result.shape, [2, height, width, 3]);
        t.deepEqual([...(result.data as Uint8Array)], [...pixels, ...pixels].flat());
      }
    });
  }

  test(`${color} of floats becomes RGB, between 0 and 255 and unrounded`, async t => {
    const input: TensorInfo = {name: 'x', type: 'f32', shape: [1, height, width, 3]};
    const result = await runSteps(declare(color, 'RGB', 'f32'), input, picture(color, 'f32'));
    for (const [at, expected] of rgb(value => value)
      .flat()
      .entries()) {
      t.true(Math.abs(Number(result.data[at]) - expected) < 1e-4, `${at}: ${result.data[at]}`);
    }
  });

  test(`the luma of ${color} is its GRAY`, async t => {
    const input: TensorInfo = {name: 'x', type: 'u8', shape: [1, height, width, 1]};
    const result = await runSteps(declare(color, 'GRAY', 'u8'), input, picture(color, 'u8'));
    t.deepEqual(result, tensorOf('u8', [1, height, width, 1], luma));
  });
}

test('a picture of planes is inputs of their own', t => {
  const input: TensorInfo = {name: 'image', type: 'u8', shape: ['n', 480, 640, 3]};
  const brought = (color: ColorFormat) =>
    preprocessNetwork({image: {color, steps: [{kind: 'convertColor', to: 'RGB'}]}}, [input])
      .clientInputs.get('image')
      ?.map(({name, shape}) => `${name} ${shape}`);
  t.deepEqual(brought('NV12_SINGLE_PLANE'), ['image n,720,640,1']);
  t.deepEqual(brought('NV12_TWO_PLANES'), ['image/y n,480,640,1', 'image/uv n,240,320,2']);
  t.deepEqual(brought('I420_THREE_PLANES'), [
    'image/y n,480,640,1',
    'image/u n,240,320,1',
    'image/v n,240,320,1',
  ]);
});

test('planes are converted, resized, normalised and moved as an image is', async t => {
  const input: TensorInfo = {name: 'x', type: 'f32', shape: [1, 3, 3, 4]};
  const declared = {
    ...{type: 'u8', color: 'NV12_TWO_PLANES', networkLayout: 'NCHW'},
    spatial: {height, width},
    steps: [
      {kind: 'convertElementType'},
      {kind: 'convertColor', to: 'BGR'},
      {kind: 'resize', mode: 'nearest'},
      {kind: 'mean', values: [1, 2, 3]},
    ],
  };
  const result = await runSteps(declared, input, picture('NV12_TWO_PLANES', 'u8'));
  const colors = rgb(value => value);
  // Every second pixel, where the former of two at the same distance is taken.
  const kept = Array.from({length: 12}, (_, at) => {
    const [row, column] = [2 * Math.floor(at / 4), 2 * (at % 4)];
    return colors[row * width + column] ?? [];
  });
  const expected = [2, 1, 0].flatMap((channel, at) =>
    kept.map(pixel => (pixel[channel] ?? 0) - (at + 1)),
  );
  for (const [at, value] of expected.entries()) {
    t.true(Math.abs(Number(result.data[at]) - value) < 1e-4, `${at}: ${result.data[at]}`);
  }
});

/** Two pixels in each format of red, green and blue. */
const pixels: Readonly<Record<string, readonly number[]>> = {
  RGB: [200, 100, 50, 0, 10, 255],
  BGR: [50, 100, 200, 255, 10, 0],
  RGBX: [200, 100, 50, 7, 0, 10, 255, 7],
  BGRX: [50, 100, 200, 7, 255, 10, 0, 7],
  GRAY: [124, 35],
};

for (const from of ['RGB', 'BGR', 'RGBX', 'BGRX'] as const) {
  for (const to of ['RGB', 'BGR', 'GRAY'] as const) {
    test(`${from} becomes ${to}, wherever the channels are`, async t => {
      const values = pixels[from] ?? [];
      const channels = values.length / 2;
      const wanted = pixels[to] ?? [];
      const input: TensorInfo = {name: 'x', type: 'u8', shape: [1, 1, 2, wanted.length / 2]};
      const declared = declare(from, to, 'u8');
      const nhwc = tensorOf('u8', [1, 1, 2, channels], values);
      t.deepEqual([...(await runSteps(declared, input, nhwc)).data], [...wanted]);
      const planar = {...input, shape: [1, wanted.length / 2, 1, 2]};
      const result = await runSteps({...declared, layout: 'NCHW'}, planar, byPlanes(nhwc));
      t.deepEqual(
        [...result.data],
        [...byPlanes(tensorOf('u8', input.shape as number[], [...wanted])).data],
      );
    });
  }
}

function byPlanes({type, shape, data}: TensorData): TensorData {
  const [, , count = 0, channels = 0] = shape;
  const values = Array.from({length: channels * count}, (_, at) => {
    return data[(at % count) * channels + Math.floor(at / count)] ?? 0;
  });
  return tensorOf(type, [1, channels, 1, count], values);
}

test('GRAY becomes RGB: the same three times', async t => {
  const input: TensorInfo = {name: 'x', type: 'u8', shape: [1, 1, 2, 3]};
  const gray = tensorOf('u8', [1, 1, 2, 1], [9, 8]);
  const {data} = await runSteps(declare('GRAY', 'RGB', 'u8'), input, gray);
  t.deepEqual([...data], [9, 9, 9, 8, 8, 8]);
});

test('reversed channels are another colour format', async t => {
  const input: TensorInfo = {name: 'x', type: 'u8', shape: [1, 1, 2, 3]};
  const steps = [{kind: 'reverseChannels'}, {kind: 'convertColor', to: 'BGR'}];
  const rgbPixels = tensorOf('u8', [1, 1, 2, 3], [...(pixels['RGB'] ?? [])]);
  const {data} = await runSteps({color: 'RGB', steps}, input, rgbPixels);
  t.deepEqual([...data], [...(pixels['BGR'] ?? [])]);
});

const image: TensorInfo = {name: 'x', type: 'u8', shape: [1, 6, 8, 3]};
const toRgb = {kind: 'convertColor', to: 'RGB'};
const refusals: readonly (readonly [string, object, RegExp])[] = [
  ['an unknown format', {color: 'YUYV', steps: []}, /inputs\.x\.color/],
  ['another target', {color: 'RGB', steps: [{kind: 'convertColor', to: 'NV12'}]}, /steps\.0\.to/],
  [
    'planes that are left to the network',
    {color: 'NV12_TWO_PLANES', shape: [1, 6, 8, 1], steps: []},
    /expected RGB, BGR or GRAY after its steps, given NV12_TWO_PLANES/,
  ],
  [
    'a step that takes one tensor where there are planes',
    {color: 'NV12_TWO_PLANES', steps: [{kind: 'resize', mode: 'linear'}, toRgb]},
    /step 1 \(resize\): expected one tensor, given the planes of NV12_TWO_PLANES/,
  ],
  [
    'another layout than NHWC for luma and chroma',
    {color: 'I420_SINGLE_PLANE', layout: 'NCHW', steps: [toRgb]},
    /expected the layout NHWC for I420_SINGLE_PLANE, given NCHW/,
  ],
  [
    'channels that the format does not have',
    {color: 'RGBX', shape: [1, 6, 8, 3], steps: [toRgb]},
    /expected 4 channels for RGBX, given \[1,6,8,3\]/,
  ],
  [
    'a height that has no thirds',
    {color: 'NV12_SINGLE_PLANE', shape: [1, 10, 8, 1], steps: [toRgb]},
    /a height divisible by 3 and an even width/,
  ],
  [
    'an odd width',
    {color: 'NV12_TWO_PLANES', shape: [1, 6, 7, 1], steps: [toRgb]},
    /a height divisible by 2 and an even width/,
  ],
  [
    'an odd spatial height',
    {color: 'NV12_SINGLE_PLANE', spatial: {height: 5, width: 8}, steps: [toRgb]},
    /expected an even height/,
  ],
  [
    'elements that are no colours',
    {type: 'i32', color: 'NV12_SINGLE_PLANE', steps: [toRgb]},
    /step 1 \(convertColor\): expected elements of u8, f16, f32, f64, given i32/,
  ],
  [
    'channels of luma and chroma to be reversed',
    {color: 'NV12_SINGLE_PLANE', steps: [{kind: 'reverseChannels'}]},
    /step 1 \(reverseChannels\): expected RGB or BGR, given NV12_SINGLE_PLANE/,
  ],
];

for (const [what, declared, message] of refusals) {
  test(`refuses ${what}`, async t => {
    const run = runSteps(declared, image, tensorOf('u8', [1]));
    const error = await t.throwsAsync(run, {instanceOf: InferenceError});
    t.is(error.code, 'INVALID_ARGUMENT');
    t.regex(error.message, message);
  });
}

test('refuses a plane that would be called as another input is', t => {
  const other: TensorInfo = {name: 'x/uv', type: 'f32', shape: []};
  const steps = [{kind: 'convertColor', to: 'RGB'}] as const;
  const declared = {x: {color: 'NV12_TWO_PLANES', steps}} as const;
  t.throws(() => preprocessNetwork(declared, [image, other]), {message: /"x\/uv".*already/});
});
