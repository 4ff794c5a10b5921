import test from 'ava';
import type {TensorData} from '../../../../../schemas/tensor.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {readTensor} from '../../../../../src/network/tensor-proto.js';
import {writeModel} from '../../../../../src/network/write-model.js';
import {lowerFakeQuantize} from '../../../../../src/transform/low-precision/lower-fake-quantize.js';
import {
  lowerPrecision,
  lowPrecisionPasses,
} from '../../../../../src/transform/low-precision/lower-precision.js';
import {drawNetwork} from '../../../../support/draw-network.js';
import {fakeQuantize} from '../../../../support/fake-quantize.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {runModel} from '../../../../support/run-model.js';
import {SeededRandom} from '../../../../support/seeded-random.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const domain = 'org.openvinotoolkit';
const fakeType = `${domain}.FakeQuantize`;

/** Ranges as numbers, one for all or one per channel of 2. */
type Ends = readonly [number | number[], number | number[], number | number[], number | number[]];

/** What is fed: [1, 2, n], the same values in both channels. */
function images(values: readonly number[]): TensorData {
  return tensorOf('f32', [1, 2, values.length], [...values, ...values]);
}

function networkOf(ends: Ends, levels: number, given?: TensorData): NetworkBuilder {
  const builder = new NetworkBuilder('fake').opset(domain, 1);
  if (given === undefined) builder.input('x', 'f32', [1, 2, 'n']);
  else builder.input('z', 'f32', []).initializer('x', given);
  for (const [at, end] of ends.entries()) {
    const isPerChannel = typeof end !== 'number';
    const shape = isPerChannel ? [1, 2, 1] : [];
    builder.initializer(`r${at}`, tensorOf('f32', shape, isPerChannel ? end : [end]));
  }
  builder.node(fakeType, 'x r0 r1 r2 r3', 'f', {levels: BigInt(levels)}, 'fake');
  if (given !== undefined) return builder.node('Add', 'f z', 'y').output('y', 'f32');
  return builder.node('Identity', 'f', 'y').output('y', 'f32');
}

function expectedOf({data}: TensorData, ends: Ends, levels: number): readonly number[] {
  const numbers = Array.from(data as Float32Array);
  return numbers.map((value, index) => {
    const channel = index < numbers.length / 2 ? 0 : 1;
    const end = (at: 0 | 1 | 2 | 3) => {
      const given = ends[at];
      return Math.fround(typeof given === 'number' ? given : (given[channel] ?? 0));
    };
    const ranges = {inputLow: end(0), inputHigh: end(1), outputLow: end(2), outputHigh: end(3)};
    return fakeQuantize(value, ranges, levels);
  });
}

/** Within the range and around it, every half step, and some that are drawn. */
function valuesAround([low, high]: Ends, levels: number): readonly number[] {
  const [from, to] = [low, high].map(end => (typeof end === 'number' ? end : (end[0] ?? 0)));
  const [least, most] = [from ?? 0, to ?? 0];
  const width = most - least || 1;
  const halves = Array.from({length: Math.min(2 * levels, 600)}, (_, half) => {
    return least + (half * width) / (2 * (levels - 1));
  });
  const random = new SeededRandom(levels);
  const drawn = Array.from({length: 200}, () => least + (random.next() * 3 - 1) * width);
  const far = [0, -0, 1e30, -1e30, Infinity, -Infinity, least, most];
  return [...halves, ...drawn, ...far].map(Math.fround);
}

/** Every fifth of a step of the first channel, from before the range to behind it. */
function fifths([low, high]: Ends, levels: number): readonly number[] {
  const [from, to] = [low, high].map(end => (typeof end === 'number' ? end : (end[0] ?? 0)));
  const step = ((to ?? 0) - (from ?? 0)) / (levels - 1);
  return Array.from({length: 5 * levels + 20}, (_, at) => (from ?? 0) + (at / 5 - 2) * step);
}

function lowered(builder: NetworkBuilder) {
  const answer = lowerPrecision(readNetwork(builder.bytes()), [lowerFakeQuantize]);
  if (answer === undefined) throw new Error('there was nothing to lower');
  return answer.network;
}

const formulas: readonly (readonly [title: string, ends: Ends, levels: number])[] = [
  ['zero on no step', [-0.3, 1.1, -0.3, 1.1], 256],
  ['zero on an odd step', [-1, 254, -1, 254], 256],
  ['another range behind', [-1.5, 2.5, 3, 10], 16],
  ['a range behind that is upside down', [0, 1, 1, 0], 256],
  ['a range before that is upside down', [2, -2, -1, 1], 5],
  ['an empty range', [0.5, 0.5, -1, 1], 256],
  ['two steps', [-1, 1, -1, 1], 2],
  ['more steps than a byte has', [-1, 1, -1, 1], 65_536],
  [
    'ranges of each channel',
    [
      [-1.3, -2],
      [1.2, 2.2],
      [-1, 0],
      [1, 5],
    ],
    256,
  ],
  ['one range before and two behind', [0, 1.7, [-0.7, -1], [1, 2]], 255],
  ['ends of each channel of which one is empty', [[0, 1], [1, 1], 0.1, 1], 8],
];

for (const [title, ends, levels] of formulas) {
  test(`the formula, to the last bit: ${title}`, async t => {
    const network = lowered(networkOf(ends, levels));
    t.false(network.graph.operations.some(({type}) => /FakeQuantize|uantizeLinear/.test(type)));
    const x = images(valuesAround(ends, levels));
    const y = (await runModel(writeModel(network.model), new Map([['x', x]]))).get('y');
    t.deepEqual(y?.data, Float32Array.from(expectedOf(x, ends, levels)));
  });
}

const pairs: readonly (readonly [title: string, ends: Ends, levels: number, draws: string[]])[] = [
  ['from zero', [0, 2.55, 0, 2.55], 256, ['x -> Q -> f/quantized', 'f/quantized -> DQ -> f']],
  [
    'around zero',
    [-1.28, 1.27, -1.28, 1.27],
    256,
    ['x -> Q -> f/quantized', 'f/quantized -> DQ -> f'],
  ],
  [
    'another range behind',
    [0, 1, -1.28, 1.27],
    256,
    ['x -> Q -> f/quantized', 'f/quantized -> DQ -> f'],
  ],
  [
    'of each channel',
    [0, [2.55, 7.65], 0, [2.55, 7.65]],
    256,
    ['x -> Q -> f/quantized', 'f/quantized -> DQ -> f'],
  ],
  [
    'fewer steps than a byte has',
    [-0.6, 0.9, -0.6, 0.9],
    16,
    [
      'x fake/low fake/high -> Clip -> fake/bounded',
      'fake/bounded -> Q -> f/quantized',
      'f/quantized -> DQ -> f',
    ],
  ],
];

for (const [title, ends, levels, draws] of pairs) {
  test(`quantisation and back where that means the same: ${title}`, async t => {
    const network = lowered(networkOf(ends, levels));
    t.deepEqual(drawNetwork(network), [...draws, 'f -> Identity -> y']);
    // In fifths of a step no half is met, on which side of it float32 lies would be chance.
    const x = images(fifths(ends, levels));
    const y = (await runModel(writeModel(network.model), new Map([['x', x]]))).get('y');
    const expected = expectedOf(x, ends, levels);
    const off = expected.map((value, at) => Math.abs(value - Number(y?.data[at])));
    t.true(Math.max(...off) < 1e-6, `${Math.max(...off)}`);
  });
}

test('where scales are powers of two, halves go the same way to the last bit', async t => {
  const ends: Ends = [0, 255 / 64, 0, 255 / 64];
  const network = lowered(networkOf(ends, 256));
  t.is(network.graph.operations[0]?.type, 'QuantizeLinear');
  const x = images(valuesAround(ends, 256));
  const y = (await runModel(writeModel(network.model), new Map([['x', x]]))).get('y');
  t.deepEqual(y?.data, Float32Array.from(expectedOf(x, ends, 256)));
});

const weightEnds: readonly (readonly [string, Ends, number, string, number[]])[] = [
  ['i8 around zero', [-1.27, 1.27, -1.27, 1.27], 255, 'i8', [0]],
  ['i8 of 256 steps', [-1.28, 1.27, -1.28, 1.27], 256, 'i8', [0]],
  ['u8 from zero', [0, 2.55, 0, 2.55], 256, 'u8', [0]],
  ['u8, odd zero points of each channel', [-0.5, 0.5, [-1, -3], [254, 252]], 256, 'u8', [1, 3]],
];

for (const [title, ends, levels, type, zeros] of weightEnds) {
  test(`weights become bytes: ${title}`, async t => {
    const random = new SeededRandom(3);
    const x = images(Array.from({length: 40}, () => Math.fround(random.next() * 4 - 2)));
    const network = lowered(networkOf(ends, levels, x));
    t.deepEqual(drawNetwork(network), ['x/quantized -> DQ -> f', 'f z -> Add -> y']);
    const kept = network.model.graph?.initializer.map(readTensor) ?? [];
    t.deepEqual(kept.find(({shape}) => shape.length === 3)?.type, type as 'i8');
    t.deepEqual(
      [
        ...(kept.find(({data}) => !(data instanceof Float32Array) && data.length === zeros.length)
          ?.data ?? []),
      ],
      zeros,
    );
    const y = await runModel(writeModel(network.model), new Map([['z', tensorOf('f32', [], [0])]]));
    const expected = expectedOf(x, ends, levels);
    const off = expected.map((value, at) => Math.abs(value - Number(y.get('y')?.data[at])));
    t.true(Math.max(...off) <= 2e-5, `${Math.max(...off)}`);
  });
}

test('ranges that are computed or fed are put into the formula', async t => {
  const bytes = new NetworkBuilder()
    .opset(domain, 1)
    .input('x', 'f32', [1, 2, 'n'])
    .input('low', 'f32', [])
    .initializer('high', tensorOf('f32', [], [2]))
    .node('Neg', 'low', 'from')
    .node(fakeType, 'x low high from high', 'y', {levels: 11n})
    .output('y', 'f32')
    .bytes();
  const network = lowerPrecision(readNetwork(bytes))?.network;
  const ends: Ends = [-1, 2, 1, 2];
  const x = images(valuesAround(ends, 11));
  const model = network === undefined ? new Uint8Array() : writeModel(network.model);
  const given = await runModel(
    model,
    new Map([
      ['x', x],
      ['low', tensorOf('f32', [], [-1])],
    ]),
  );
  t.deepEqual(given.get('y')?.data, Float32Array.from(expectedOf(x, ends, 11)));
});

test('after all passes weights and activations are bytes, and operations say what they were', t => {
  const network = new NetworkBuilder()
    .opset(domain, 1)
    .input('x', 'f32', [1, 4])
    .initializer('w', tensorOf('f32', [4, 2], [1, -1, 0.5, 0.25, 0, 1, 1, -0.5]))
    .initializer('zero', tensorOf('f32', [], [0]))
    .initializer('six', tensorOf('f32', [], [6]))
    .initializer('less', tensorOf('f32', [], [-1]))
    .initializer('one', tensorOf('f32', [], [1]))
    .node(fakeType, 'x zero six zero six', 'a', {levels: 256n}, 'activations')
    .node(fakeType, 'w less one less one', 'b', {levels: 255n}, 'weights')
    .node('MatMul', 'a b', 'y', {}, 'product')
    .output('y', 'f32');
  const answer = lowerPrecision(readNetwork(network.bytes()), lowPrecisionPasses);
  t.deepEqual(answer && drawNetwork(answer.network), [
    'x -> Q -> a/quantized',
    'a/quantized -> DQ -> a',
    'w/quantized -> DQ -> b',
    'a b -> MatMul -> y',
  ]);
  t.deepEqual(
    answer?.network.graph.operations.map(({name}) => name),
    ['activations/quantize', 'activations', 'weights', 'product'],
  );
  t.deepEqual(answer?.made, new Map([['activations/quantize', 'activations']]));
  t.deepEqual(answer?.removed, []);
});

test('what is not FakeQuantize as OpenVINO defines it is left alone', t => {
  const base = () =>
    new NetworkBuilder()
      .opset(domain, 1)
      .input('x', 'f32', [2])
      .initializer('r', tensorOf('f32', [], [1]));
  const others = [
    base().node(fakeType, 'x r r r r', 'y', {levels: 1n}),
    base().node(fakeType, 'x r r r', 'y', {levels: 256n}),
    base().node(fakeType, 'x r r r r', 'y', {levels: 256n, auto_broadcast: 'pdpd'}),
    base().node('my.FakeQuantize', 'x r r r r', 'y', {levels: 256n}).opset('my', 1),
    base().opset('', 11).node(fakeType, 'x r r r r', 'y', {levels: 256n}),
  ];
  for (const other of others) {
    t.is(lowerPrecision(readNetwork(other.output('y', 'f32').bytes())), undefined);
  }
});
