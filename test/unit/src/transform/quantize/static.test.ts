import test, {type ExecutionContext} from 'ava';
import {InferenceError, transform} from '../../../../../src/index.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {followPatterns} from '../../../../../src/plan/follow-patterns.js';
import {lowerPrecision} from '../../../../../src/transform/low-precision/lower-precision.js';
import {drawNetwork} from '../../../../support/draw-network.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {candidate} from '../../../../support/plan-graph.js';
import {quantizeDigits, readDigits, runnerOf} from '../../../../support/quantized-digits.js';
import {PartedNetwork} from '../../../../support/run-in-parts.js';
import {runModel} from '../../../../support/run-model.js';
import {tensorOf} from '../../../../support/tensor-of.js';

/** x -> MatMul w -> Add b -> Relu -> Flatten -> MatMul v -> y */
function layers(): Uint8Array {
  return new NetworkBuilder('layers')
    .input('x', 'f32', ['n', 2])
    .initializer('w', tensorOf('f32', [2, 2], [0.63, -1, 0.3, 0.5]))
    .initializer('b', tensorOf('f32', [2], [-0.5, 0.5]))
    .initializer('v', tensorOf('f32', [2, 2], [1, 0, 0, 1]))
    .node('MatMul', 'x w', 'a', {}, 'first')
    .node('Add', 'a b', 'c', {}, 'add')
    .node('Relu', 'c', 'd', {}, 'relu')
    .node('Flatten', 'd', 'e', {}, 'flatten')
    .node('MatMul', 'e v', 'y', {}, 'second')
    .output('y', 'f32', ['n', 2])
    .bytes();
}

const samples = [
  {x: tensorOf('f32', [2, 2], [1, 0, -2, 0.5])},
  {x: tensorOf('f32', [1, 2], [0.25, 3.1])},
];

function calibrated(network: Uint8Array, except: readonly string[] = []) {
  const open = async (model: Uint8Array) => runnerOf(model, 'disabled');
  return transform.calibrate({network, samples, open, except});
}

test('calibration finds the range of each activation over all samples', async t => {
  const ranges = await calibrated(layers());
  t.deepEqual([...ranges.keys()].sort(), ['a', 'd', 'x']);
  t.deepEqual(ranges.get('x'), {least: -2, greatest: Math.fround(3.1)});
  // Products: 0.63 and -1; -1.11 and 2.25; 1.0875 and 1.3.
  const near = (value: number | undefined, expected: number) =>
    t.true(Math.abs((value ?? NaN) - expected) < 1e-5, `${value}`);
  near(ranges.get('a')?.least, -1.11);
  near(ranges.get('a')?.greatest, 2.25);
  near(ranges.get('d')?.greatest, 2.75);
  t.is(ranges.get('d')?.least, 0);
});

test('activations and constants that are added get pairs, weights seven bits', async t => {
  const ranges = await calibrated(layers());
  const {model, quantized} = transform.quantize(layers(), {mode: 'static', ranges});
  t.deepEqual(
    quantized.map(({name, as}) => `${name} ${as}`),
    ['first static', 'second static'],
  );
  t.deepEqual(drawNetwork(readNetwork(model)).toSorted(), [
    'a -> Q -> a/quantized',
    'a/dequantized b/dequantized -> Add -> c',
    'a/quantized -> DQ -> a/dequantized',
    'b/quantized#2 -> DQ -> b/dequantized',
    'c -> Relu -> d',
    'd -> Q -> d/quantized',
    'd/quantized -> Flatten -> e/quantized',
    'e v/dequantized -> MatMul -> y',
    'e/quantized -> DQ -> e',
    'v/int8/1 -> DQ -> v/dequantized',
    'w/int8/1 -> DQ -> w/dequantized',
    'x -> Q -> x/quantized',
    'x/dequantized w/dequantized -> MatMul -> a',
    'x/quantized -> DQ -> x/dequantized',
  ]);
  const y = (await runModel(model, new Map(Object.entries(samples[0] ?? {})))).get('y');
  const expected = [0.13, 0, 0, 2.75];
  t.true(expected.every((value, at) => Math.abs(value - Number(y?.data[at])) < 0.06));
});

test('an operation that is to stay reads float32, and its own input is not looked at', async t => {
  const ranges = await calibrated(layers(), ['first', 'add']);
  t.deepEqual([...ranges.keys()], ['d']);
  const options = {mode: 'static', ranges, except: ['first', 'add']} as const;
  const {model, skipped} = transform.quantize(layers(), options);
  t.deepEqual(
    skipped.map(({name}) => name),
    ['first'],
  );
  t.true(drawNetwork(readNetwork(model)).includes('x w -> MatMul -> a'));
});

test('a bias is int32 in steps of the product, on each channel', async t => {
  const bytes = new NetworkBuilder()
    .input('x', 'f32', ['n', 2])
    .initializer('w', tensorOf('f32', [2, 2], [0.63, 0.63, 1.26, -1.26]))
    .initializer('b', tensorOf('f32', [2], [0.1, -2]))
    .node('Gemm', 'x w b', 'y', {transB: 1n}, 'fc')
    .output('y', 'f32')
    .bytes();
  const ranges = new Map([['x', {least: 0, greatest: 2.55}]]);
  const {model} = transform.quantize(bytes, {mode: 'static', ranges});
  const network = readNetwork(model);
  t.true(drawNetwork(network).includes('fc/bias -> DQ -> b/dequantized'));
  // Scales of 0.01 times 0.01 and 0.02: 0.1 is 1,000 steps and -2 is -10,000.
  const bias = network.model.graph?.initializer.find(({name}) => name === 'fc/bias');
  t.deepEqual([...new Int32Array(new Uint8Array(bias?.rawData ?? []).buffer)], [1000, -10_000]);
  const y = (await runModel(model, new Map([['x', tensorOf('f32', [1, 2], [1, 2])]]))).get('y');
  t.true([1.99, -3.26].every((value, at) => Math.abs(value - Number(y?.data[at])) < 1e-4));
});

test('without ranges, or samples to find them, there is an error that says so', async t => {
  const wrong = {instanceOf: InferenceError, code: 'INVALID_ARGUMENT', message: /given none/};
  t.throws(() => transform.quantize(layers(), {mode: 'static'}), wrong);
  const open = async (model: Uint8Array) => runnerOf(model);
  await t.throwsAsync(transform.calibrate({network: layers(), samples: [], open}), wrong);
});

test('digits in the QDQ form: small, and less than one in a hundred worse', async t => {
  const {bytes, image, labels} = await readDigits();
  for (const perChannel of [true, false]) {
    const {model, bytesBefore, bytesAfter} = await quantizeDigits(perChannel);
    t.true(bytesAfter < 0.36 * bytesBefore, `${bytesAfter} of ${bytesBefore}`);
    const [error] = await transform.measureError({
      before: runnerOf(bytes),
      after: runnerOf(model),
      samples: [{image}],
    });
    t.true((error?.signalToNoiseDb ?? 0) > 28, `${error?.signalToNoiseDb}`);
    const count = async (network: Uint8Array) => {
      const logits = (await runModel(network, new Map([['image', image]]), 'all')).get('logits');
      return [...labels].filter((label, row) => {
        const scores = Array.from(logits?.data as Float32Array).slice(row * 10, row * 10 + 10);
        return scores.indexOf(Math.max(...scores)) === label;
      }).length;
    };
    const [before, after] = [await count(bytes), await count(model)];
    t.true(after >= before - 4, `${after} of ${before} are still right`);
  }
});

/** Runs the images through a network cut behind each operation by turns. */
async function cutEverywhere(t: ExecutionContext, model: Uint8Array) {
  const {image} = await readDigits();
  const inputs = new Map([['image', image]]);
  const parted = await PartedNetwork.of(readNetwork(model));
  const expected = await runModel(model, inputs, 'all');
  const {operations, values} = parted.graph;
  const candidates = ['A', 'B'].map(device => candidate(device, parted.graph));
  const rewrite = {made: new Map(), removed: []};
  const crossed = new Map<string, string>();
  for (let count = 1; count < operations.length; count++) {
    const affinity = new Map(operations.map(({name}, at) => [name, at < count ? 'A' : 'B']));
    const {affinity: followed} = followPatterns(parted.graph, candidates, {affinity, rewrite});
    const {outputs, crossing} = await parted.run(followed, inputs);
    t.deepEqual(outputs, expected, `cut behind operation ${count}`);
    for (const {output} of crossing) {
      const info = values.get(output);
      crossed.set(output, info?.kind === 'tensor' ? info.type : 'unknown');
    }
  }
  return crossed;
}

test('digits in the QDQ form cut anywhere equal the undivided network, and bytes cross', async t => {
  const {model} = await quantizeDigits();
  // It was transformed as it was quantised: there is nothing left to do.
  t.is(lowerPrecision(readNetwork(model)), undefined);
  const crossed = await cutEverywhere(t, model);
  t.true(crossed.size > 10);
  t.deepEqual(new Set(crossed.values()), new Set(['u8']));
});

test('digits quantised dynamically cut anywhere equal the undivided network', async t => {
  const {bytes} = await readDigits();
  const crossed = await cutEverywhere(t, transform.quantize(bytes).model);
  // Never the 32-bit sums; float32 only where it is read as such.
  t.deepEqual(new Set(crossed.values()), new Set(['u8', 'f32']));
});
