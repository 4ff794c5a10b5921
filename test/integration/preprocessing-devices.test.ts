import test from 'ava';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {Core, PrePostProcessor} from '../../src/index.js';
import {differences} from '../support/close-to.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {tensorOf} from '../support/tensor-of.js';

/* Every step on every device: one input of one network for each, and what it becomes. */

interface Way {
  readonly shape: readonly number[];
  readonly declare: (steps: PrePostProcessor, name: string) => unknown;
  /** Under the name of the input, and what follows it: `/y`. */
  readonly brought: Readonly<Record<string, TensorData>>;
}

const bytes = (shape: readonly number[]) =>
  tensorOf(
    'u8',
    shape,
    Array.from({length: shape.reduce((a, b) => a * b)}, (_, at) => (at * 37) % 256),
  );
const floats = (shape: readonly number[]) =>
  tensorOf(
    'f32',
    shape,
    Array.from({length: shape.reduce((a, b) => a * b)}, (_, at) => (at * 7) % 11),
  );

const negation = new NetworkBuilder('negation')
  .input('x', 'f32', null)
  .node('Neg', 'x', 'y')
  .output('y', 'f32', [1, 3, 2, 2])
  .bytes();

const image = {type: 'u8', layout: 'NHWC'} as const;
const rgb = [1, 4, 6, 3] as const;
const luma = {'': bytes([1, 6, 6, 1])};

const ways: Readonly<Record<string, Way>> = {
  normalised: {
    shape: [1, 3, 4, 6],
    declare: (steps, name) =>
      steps
        .input(name)
        .tensor(image)
        .network({layout: 'NCHW'})
        .convertElementType('f32')
        .mean([100, 110, 120])
        .scale([50, 60, 70]),
    brought: {'': bytes(rgb)},
  },
  ...resizing('linear'),
  ...resizing('nearest'),
  ...resizing('cubic'),
  smoothed: {
    shape: [1, 3, 2, 2],
    declare: (steps, name) =>
      steps
        .input(name)
        .tensor({...image, spatial: 'dynamic'})
        .convertElementType('f32')
        .convertLayout('NCHW')
        .resize('cubic', {antialias: true}),
    brought: {'': bytes(rgb)},
  },
  ...padding('constant'),
  ...padding('edge'),
  ...padding('reflect'),
  ...padding('symmetric'),
  cropped: {
    shape: [1, 2, 3, 3],
    declare: (steps, name) =>
      steps
        .input(name)
        .tensor(image)
        .crop({top: 1, left: 2, height: 2, width: 3})
        .reverseChannels(),
    brought: {'': bytes(rgb)},
  },
  grey: {
    shape: [1, 4, 6, 1],
    declare: (steps, name) =>
      steps
        .input(name)
        .tensor({...image, color: 'BGRX'})
        .convertColor('GRAY'),
    brought: {'': bytes([1, 4, 6, 4])},
  },
  nv12: {
    shape: [1, 4, 6, 3],
    declare: (steps, name) =>
      steps.input(name).tensor({type: 'u8', color: 'NV12_SINGLE_PLANE'}).convertColor('RGB'),
    brought: luma,
  },
  nv12planes: {
    shape: [1, 4, 6, 3],
    declare: (steps, name) =>
      steps.input(name).tensor({type: 'u8', color: 'NV12_TWO_PLANES'}).convertColor('BGR'),
    brought: {'/y': bytes([1, 4, 6, 1]), '/uv': bytes([1, 2, 3, 2])},
  },
  i420: {
    shape: [1, 4, 6, 3],
    declare: (steps, name) =>
      steps.input(name).tensor({type: 'u8', color: 'I420_SINGLE_PLANE'}).convertColor('BGR'),
    brought: luma,
  },
  i420planes: {
    shape: [1, 4, 6, 3],
    declare: (steps, name) =>
      steps.input(name).tensor({type: 'u8', color: 'I420_THREE_PLANES'}).convertColor('RGB'),
    brought: {
      '/y': bytes([1, 4, 6, 1]),
      '/u': bytes([1, 2, 3, 1]),
      '/v': bytes([1, 2, 3, 1]),
    },
  },
  saturated: {
    shape: [6],
    declare: (steps, name) =>
      steps.input(name).tensor({type: 'i64'}).convertElementType('u8').convertElementType('f32'),
    brought: {'': tensorOf('i64', [6], [-5, 0, 255, 2 ** 31, 2 ** 32 - 1, 2 ** 40])},
  },
  custom: {
    shape: [1, 3, 2, 2],
    declare: (steps, name) =>
      steps
        .input(name)
        .tensor({layout: 'HWC'})
        .network({layout: 'NCHW'})
        .convertLayout()
        .custom(negation),
    brought: {'': floats([2, 2, 3])},
  },
};

function resizing(mode: 'linear' | 'nearest' | 'cubic'): Readonly<Record<string, Way>> {
  const declare = (type: 'u8' | 'f32') => (steps: PrePostProcessor, name: string) =>
    steps.input(name).tensor({type, layout: 'NHWC', spatial: 'dynamic'}).resize(mode);
  const shape = [1, 5, 3, 3];
  return {
    [`${mode}Bytes`]: {shape, declare: declare('u8'), brought: {'': bytes(rgb)}},
    [`${mode}Floats`]: {shape, declare: declare('f32'), brought: {'': floats(rgb)}},
  };
}

function padding(
  mode: 'constant' | 'edge' | 'reflect' | 'symmetric',
): Readonly<Record<string, Way>> {
  const value = mode === 'constant' ? {value: [7, 8, 9]} : {};
  const border = {top: 1, bottom: 2, left: 3, right: 0, mode, ...value};
  const declare = (steps: PrePostProcessor, name: string) =>
    steps.input(name).tensor(image).pad(border);
  return {[`${mode}Border`]: {shape: [1, 7, 9, 3], declare, brought: {'': bytes(rgb)}}};
}

/**
 *     each -> Identity -> each/out, for each way
 */
function network(): Uint8Array {
  const builder = new NetworkBuilder('ways');
  for (const [name, {shape}] of Object.entries(ways)) {
    builder.input(name, 'f32', shape).node('Identity', name, `${name}/out`);
    builder.output(`${name}/out`, 'f32', shape);
  }
  return builder.bytes();
}

test('every step gives the same on every device', async t => {
  const core = await Core.embedded({devices: ['CPU', 'WASM', 'TEMPLATE']});
  t.teardown(() => core.close());
  const steps = new PrePostProcessor();
  for (const [name, {declare}] of Object.entries(ways)) declare(steps, name);
  steps.output('normalised/out').network({layout: 'NCHW'}).softmax(1).tensor({layout: 'NHWC'});
  const inputs = Object.entries(ways).flatMap(([name, {brought}]) =>
    Object.entries(brought).map(([plane, tensor]) => [`${name}${plane}`, tensor] as const),
  );
  const results = new Map<string, NamedTensors>();
  for (const device of ['CPU', 'WASM', 'TEMPLATE']) {
    const options = {preprocessing: steps.build()};
    const read = await core.readNetwork(network());
    const executable = await core.loadNetwork(read, device, {}, options);
    const outputs = await executable.createInferRequest().infer(Object.fromEntries(inputs));
    results.set(device, new Map(Object.entries(outputs)));
    await executable.release();
  }
  const expected = results.get('CPU') ?? new Map();
  t.is(expected.size, Object.keys(ways).length);
  for (const [device, given] of results) t.deepEqual(differences(given, expected), [], device);
});
