import test from 'ava';
import type {NamedTensors, TensorInfo} from '../../../../../schemas/tensor.js';
import {differences} from '../../../../support/close-to.js';
import {runSteps} from '../../../../support/run-steps.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const picture = tensorOf(
  'f32',
  [1, 6, 8, 1],
  Array.from({length: 48}, (_, at) => ((at % 8) ** 2 * 3 + Math.floor(at / 8) * 17) % 50),
);

/** What Pillow 13 makes of it: `Image.fromarray(picture).resize((width, height), mode)`. */
const pillow: readonly (readonly [string, number, number, readonly number[]])[] = [
  [
    ...(['linear', 4, 3] as const),
    [
      ...[12.5329, 30.2143, 25.9408, 28.6316, 27.3254, 28.1871],
      ...[16.0526, 30.4524, 27.3041, 32.3158, 27.9107, 29.2763],
    ],
  ],
  [
    ...(['cubic', 4, 3] as const),
    [
      ...[10.0923, 31.5643, 25.9728, 30.9568, 26.769, 28.0735],
      ...[12.8873, 31.7921, 27.3363, 33.9563, 27.6264, 28.9698],
    ],
  ],
  [
    ...(['cubic', 2, 11] as const),
    [
      ...[14.4633, 15.7711, 20.2758, 26.8791, 28.6431, 31.2336, 31.7385, 27.3627],
      ...[23.059, 25.9598, 31.8586, 20.2001, 21.5079, 26.2624, 32.4297, 28.4412],
      ...[29.2812, 30.0941, 25.7129, 27.3139, 29.1787, 29.9526],
    ],
  ],
];

for (const [mode, height, width, expected] of pillow) {
  test(`${mode} with antialias to ${height} x ${width} is as Pillow resizes`, async t => {
    const input: TensorInfo = {name: 'x', type: 'f32', shape: [1, height, width, 1]};
    const steps = [{kind: 'resize', mode, antialias: true}];
    const given = await runSteps(
      {layout: 'NHWC', shape: ['n', '?', '?', 1], steps},
      input,
      picture,
    );
    const [is, was] = [given, tensorOf('f32', given.shape, expected)].map(
      (tensor): NamedTensors => new Map([['x', tensor]]),
    );
    t.deepEqual(differences(is as NamedTensors, was as NamedTensors), []);
  });
}

for (const layout of ['NHWC', 'NCHW', 'HWC', 'CHW', 'HW', 'CHWN'] as const) {
  for (const mode of ['linear', 'nearest', 'cubic']) {
    test(`${layout} is resized, its mode ${mode}`, async t => {
      const sizes: Readonly<Record<string, number>> = {N: 1, H: 2, W: 2, C: 3};
      const shape = [...layout].map(letter => sizes[letter] ?? 1);
      const open = [...layout].map(letter => (letter === 'H' ? 4 : letter === 'W' ? 3 : '?'));
      const input: TensorInfo = {name: 'x', type: 'f32', shape: open};
      const tensor = tensorOf(
        'f32',
        shape,
        new Array<number>(shape.reduce((a, b) => a * b)).fill(5),
      );
      const given = await runSteps({layout, steps: [{kind: 'resize', mode}]}, input, tensor);
      t.deepEqual(
        given.shape,
        [...layout].map(letter => ({H: 4, W: 3})[letter] ?? sizes[letter]),
      );
      t.true([...given.data].every(value => Math.abs(Number(value) - 5) < 1e-5));
    });
  }
}

test('nearest is not smoothed', async t => {
  const steps = [{kind: 'resize', mode: 'nearest', antialias: true}];
  const input: TensorInfo = {name: 'x', type: 'f32', shape: [1, 3, 3, 1]};
  await t.throwsAsync(runSteps({layout: 'NHWC', steps}, input, picture), {
    message: /expected no antialias with nearest/,
  });
});
