import test from 'ava';
import type {NetworkGraph} from '../../../../../schemas/network-graph.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {writeModel} from '../../../../../src/network/write-model.js';
import {assignByFallback} from '../../../../../src/plan/assign-affinity.js';
import {followPatterns} from '../../../../../src/plan/follow-patterns.js';
import {lowerPrecision} from '../../../../../src/transform/low-precision/lower-precision.js';
import {drawNetwork} from '../../../../support/draw-network.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {candidate} from '../../../../support/plan-graph.js';
import {quantizedConvnet, quantizedImages} from '../../../../support/quantized-network.js';
import {randomQuantizedNetwork} from '../../../../support/random-quantized-network.js';
import {PartedNetwork} from '../../../../support/run-in-parts.js';
import {runModel} from '../../../../support/run-model.js';
import {runTemplate} from '../../../../support/run-template.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const inputs = new Map([['image', quantizedImages()]]);

function lowered() {
  const answer = lowerPrecision(readNetwork(quantizedConvnet()));
  if (answer === undefined) throw new Error('there was nothing to transform');
  return answer;
}

/** The first `count` operations on A, the others on B. */
function halves({operations}: NetworkGraph, count: number): ReadonlyMap<string, string> {
  return new Map(operations.map(({name}, at) => [name, at < count ? 'A' : 'B']));
}

/** Element types of what crosses between stages; what is unknown is `undefined`. */
function typesOf({values}: NetworkGraph, crossing: readonly {readonly output: string}[]) {
  return crossing.map(({output}) => {
    const info = values.get(output);
    return info?.kind === 'tensor' ? info.type : undefined;
  });
}

test('a network without quantised operations is left alone, and so is one already transformed', t => {
  const plain = new NetworkBuilder().input('x', 'f32', [2]).node('Relu', 'x', 'y').output('y');
  t.is(lowerPrecision(readNetwork(plain.bytes())), undefined);
  t.is(lowerPrecision(lowered().network), undefined);
});

test('in a convolutional network bytes are what is moved, pooled, joined and kept', t => {
  const {network} = lowered();
  const isWeights = (line: string) => /_w/.test(line) && line.includes('DQ');
  t.deepEqual(
    drawNetwork(network).filter(line => !isWeights(line)),
    [
      'image -> Q -> image/quantized',
      'image/quantized -> Transpose -> nchw_q',
      'nchw_q -> DQ -> nchw_d',
      'nchw_d conv1_w_d -> Conv -> a',
      'a -> Relu -> b',
      'b -> Q -> b_q',
      'b_q -> DQ -> b_d',
      'b_d conv2_w_d -> Conv -> c',
      'c -> Q -> c_q',
      'c_q -> DQ -> c_d',
      'b_q -> DQ -> b_d#2',
      'c_d b_d#2 -> Add -> d',
      'd -> Relu -> e',
      'e -> Q -> e/quantized',
      'e/quantized -> MaxPool -> f_q',
      'f_q -> DQ -> f_d',
      'f_d conv3_w_d -> Conv -> g',
      'f_q -> DQ -> f_d#2',
      'f_d#2 conv4_w_d -> Conv -> h',
      'g -> Q -> g/quantized',
      'h -> Q -> h/quantized',
      'g/quantized h/quantized -> Concat -> i_q',
      'i_q -> Flatten -> j/quantized',
      'j/quantized -> DQ -> j_d',
      'j_d fc_w_d -> Gemm -> k',
      'k -> Q -> k_q',
      'k_q -> Identity -> y/quantized',
      'y/quantized -> DQ -> y',
    ],
  );
  const sizes = [...network.graph.initializers].filter(([name]) => name.includes('_w/'));
  t.deepEqual(
    sizes.map(([, bytes]) => bytes),
    [8 * 3 * 9, 8 * 8 * 9, 4 * 8 * 9, 4 * 8, 1280],
  );
});

test('undivided it gives what the file gives, fused by the runtime or not', async t => {
  const bytes = quantizedConvnet();
  const model = writeModel(lowered().network.model);
  t.deepEqual(await runModel(model, inputs, 'all'), await runModel(bytes, inputs, 'all'));
  t.deepEqual(await runModel(model, inputs), await runModel(bytes, inputs));
});

test('cut by hand anywhere it gives what it gives undivided, and bytes cross', async t => {
  const given = readNetwork(quantizedConvnet()).graph;
  const {network, ...rewrite} = lowered();
  const parted = await PartedNetwork.of(network);
  const expected = await runModel(quantizedConvnet(), inputs, 'all');
  const candidates = ['A', 'B'].map(device => candidate(device, network.graph));
  for (let count = 0; count <= given.operations.length; count++) {
    const affinity = halves(given, count);
    const {affinity: followed} = followPatterns(parted.graph, candidates, {affinity, rewrite});
    const {outputs, crossing} = await parted.run(followed, inputs);
    t.deepEqual(outputs, expected, `cut behind operation ${count}`);
    const types = typesOf(parted.graph, crossing);
    t.deepEqual(new Set(types), new Set(types.length > 0 ? ['u8'] : []));
  }
});

test('split by what a device refuses it gives what it gives undivided, and bytes cross', async t => {
  const {network} = lowered();
  const parted = await PartedNetwork.of(network);
  const expected = await runModel(quantizedConvnet(), inputs, 'all');
  for (const {name} of network.graph.operations) {
    const candidates = [
      candidate('A', network.graph, {[name]: 'not here'}),
      candidate('B', network.graph),
    ];
    const {affinity} = assignByFallback({graph: parted.graph, candidates});
    const {outputs, crossing} = await parted.run(affinity, inputs);
    t.deepEqual(outputs, expected, `without ${name}`);
    t.true(typesOf(parted.graph, crossing).every(type => type === 'u8'));
  }
});

test('TEMPLATE runs it too, and is off by no more than a step', async t => {
  const model = writeModel(lowered().network.model);
  const [y, expected] = [runTemplate(model, inputs).get('y'), await runModel(model, inputs)];
  const off = Array.from(expected.get('y')?.data as Float32Array, (value, at) =>
    Math.abs(value - Number(y?.data[at])),
  );
  t.true(Math.max(...off) < 0.2001, `${Math.max(...off)}`);
});

test('between TEMPLATE and ONNX Runtime too, where their kernels agree, no cut shows', async t => {
  const bytes = new NetworkBuilder('moved')
    .input('x', 'f32', [2, 8, 8, 3])
    .initializer('s', tensorOf('f32', [], [1 / 100]))
    .initializer('z', tensorOf('u8', [], [128]))
    .node('QuantizeLinear', 'x s z', 'q')
    .node('DequantizeLinear', 'q s z', 'd')
    .node('Transpose', 'd', 'n', {perm: [0n, 3n, 1n, 2n]})
    .node('MaxPool', 'n', 'm', {kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n]})
    .node('Relu', 'm', 'r')
    .node('QuantizeLinear', 'r s z', 'rq')
    .node('DequantizeLinear', 'rq s z', 'rd')
    .node('Concat', 'rd n', 'c', {axis: 1n})
    .node('Neg', 'c', 'y')
    .output('y', 'f32')
    .bytes();
  const given = new Map([['x', quantizedImages()]]);
  const network = lowerPrecision(readNetwork(bytes))?.network;
  if (network === undefined) return t.fail('there was nothing to transform');
  const parted = await PartedNetwork.of(network);
  const expected = await runModel(bytes, given);
  const candidates = ['A', 'B'].map(device => candidate(device, parted.graph));
  const rewrite = {made: new Map(), removed: []};
  for (let count = 0; count <= parted.graph.operations.length; count++) {
    const affinity = halves(parted.graph, count);
    const followed = followPatterns(parted.graph, candidates, {affinity, rewrite});
    const {outputs} = await parted.run(followed.affinity, given, {A: runTemplate});
    t.deepEqual(outputs, expected, `cut behind operation ${count}`);
  }
});

test('operations keep their names; what was made says what it stands for', t => {
  const given = new Set(readNetwork(quantizedConvnet()).graph.operations.map(({name}) => name));
  const {network, made, removed} = lowered();
  const names = network.graph.operations.map(({name}) => name);
  t.deepEqual(
    names.filter(name => !given.has(name)),
    [...made.keys()].filter(name => names.includes(name)),
  );
  t.is(names.length, given.size - removed.length + made.size);
  for (const [name, origin] of made) t.true(given.has(origin), `${name} for ${origin}`);
  t.true(removed.every(name => given.has(name) && !names.includes(name)));
});

for (let seed = 0; seed < 40; seed++) {
  test(`random quantised network ${seed} computes the same after all passes, cut anywhere`, async t => {
    const {bytes, inputs: given} = randomQuantizedNetwork(seed);
    const network = readNetwork(bytes);
    const expected = await runModel(bytes, given);
    const transformed = lowerPrecision(network)?.network ?? network;
    t.deepEqual(await runModel(writeModel(transformed.model), given), expected);
    const parted = await PartedNetwork.of(transformed);
    const whole = (await parted.run(halves(parted.graph, 1e9), given)).outputs;
    const candidates = ['A', 'B'].map(device => candidate(device, parted.graph));
    const rewrite = {made: new Map(), removed: []};
    for (let count = 1; count < parted.graph.operations.length; count++) {
      const affinity = halves(parted.graph, count);
      const {affinity: followed} = followPatterns(parted.graph, candidates, {affinity, rewrite});
      t.deepEqual((await parted.run(followed, given)).outputs, whole);
    }
  });
}
