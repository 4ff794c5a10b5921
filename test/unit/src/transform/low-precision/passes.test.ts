import test, {type ExecutionContext} from 'ava';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {readTensor} from '../../../../../src/network/tensor-proto.js';
import {writeModel} from '../../../../../src/network/write-model.js';
import {dequantizeLate} from '../../../../../src/transform/low-precision/dequantize-late.js';
import {dequantizePerReader} from '../../../../../src/transform/low-precision/dequantize-per-reader.js';
import {dropRequantize} from '../../../../../src/transform/low-precision/drop-requantize.js';
import {foldQuantize} from '../../../../../src/transform/low-precision/fold-quantize.js';
import {lowerPrecision} from '../../../../../src/transform/low-precision/lower-precision.js';
import type {Pass} from '../../../../../src/transform/low-precision/pass.js';
import {quantizeEarly} from '../../../../../src/transform/low-precision/quantize-early.js';
import {shareQuantize} from '../../../../../src/transform/low-precision/share-quantize.js';
import {drawNetwork} from '../../../../support/draw-network.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {runModel} from '../../../../support/run-model.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const image = tensorOf('f32', [1, 2, 2, 2], [0.1, -0.25, 0.35, 2, -3, 0.5, 0.049, 0.051]);

/** A network of x f32[1,2,2,2] with parameters s, z (uint8, 0.1 and 10) and t, v (0.2 and 0). */
function start(): NetworkBuilder {
  return new NetworkBuilder()
    .input('x', 'f32', [1, 2, 2, 2])
    .initializer('s', tensorOf('f32', [], [0.1]))
    .initializer('z', tensorOf('u8', [], [10]))
    .initializer('t', tensorOf('f32', [], [0.2]))
    .initializer('v', tensorOf('u8', [], [0]));
}

/** What a pass makes of a network, drawn; undefined if nothing. Both compute the same. */
async function drawn(t: ExecutionContext, network: NetworkBuilder, pass: Pass) {
  const bytes = network.bytes();
  const lowered = lowerPrecision(readNetwork(bytes), [pass]);
  if (lowered === undefined) return undefined;
  const inputs = new Map([['x', image]]);
  const given = await runModel(writeModel(lowered.network.model), inputs);
  t.deepEqual(given, await runModel(bytes, inputs));
  return drawNetwork(lowered.network);
}

test('weights are quantised beforehand, rounding half to even, saturating, per channel', t => {
  const bytes = new NetworkBuilder()
    .input('x', 'f32', [1, 4])
    .initializer('w', tensorOf('f32', [2, 4], [0.05, 0.15, -20, 0.1, 0.5, 1.5, 2.5, -1.5]))
    .initializer('ws', tensorOf('f32', [2], [0.1, 1]))
    .initializer('wz', tensorOf('i8', [2], [0, 1]))
    .node('QuantizeLinear', 'w ws wz', 'q', {axis: 0n})
    .node('DequantizeLinear', 'q ws wz', 'd', {axis: 0n})
    .node('Gemm', 'x d', 'y', {transB: 1n})
    .output('y', 'f32', [1, 2])
    .bytes();
  const lowered = lowerPrecision(readNetwork(bytes), [foldQuantize]);
  t.deepEqual(lowered && drawNetwork(lowered.network), [
    'w/quantized -> DQ -> d',
    'x d -> Gemm -> y',
  ]);
  const kept = lowered?.network.model.graph?.initializer ?? [];
  t.deepEqual(kept.map(({name}) => name).sort(), ['w/quantized', 'ws', 'wz']);
  const folded = kept.find(({name}) => name === 'w/quantized');
  // 0.05 / 0.1 in single precision is 0.5, 0.15 / 0.1 is 1.5; -200 does not fit; 1 is added below.
  t.deepEqual(folded && readTensor(folded), tensorOf('i8', [2, 4], [0, 2, -128, 1, 1, 3, 3, -1]));
});

test('a value that is quantised twice alike is quantised once', async t => {
  const network = start()
    .node('QuantizeLinear', 'x s z', 'a')
    .node('QuantizeLinear', 'x s z', 'b')
    .node('QuantizeLinear', 'x t v', 'c')
    .node('DequantizeLinear', 'a s z', 'y1')
    .node('DequantizeLinear', 'b s z', 'y2')
    .node('DequantizeLinear', 'c t v', 'y3')
    .output('y1')
    .output('y2')
    .output('y3');
  t.deepEqual(await drawn(t, network, shareQuantize), [
    'x -> Q -> a',
    'x -> Q -> c',
    'a -> DQ -> y1',
    'a -> DQ -> y2',
    'c -> DQ -> y3',
  ]);
});

test('dequantisation moves behind what only moves elements, as far as it goes', async t => {
  const network = start()
    .initializer('flat', tensorOf('i64', [2], [2n, 4n]))
    .node('QuantizeLinear', 'x s z', 'q')
    .node('DequantizeLinear', 'q s z', 'd')
    .node('Reshape', 'd flat', 'r')
    .node('Transpose', 'r', 'p')
    .node('Relu', 'p', 'y')
    .output('y');
  t.deepEqual(await drawn(t, network, dequantizeLate), [
    'x -> Q -> q',
    'q flat -> Reshape -> r/quantized',
    'r/quantized -> Transpose -> p/quantized',
    'p/quantized -> DQ -> p',
    'p -> Relu -> y',
  ]);
});

test('what also needs the dequantised value keeps it, and a network output keeps its name', async t => {
  const network = start()
    .node('QuantizeLinear', 'x s z', 'q')
    .node('DequantizeLinear', 'q s z', 'd')
    .node('Flatten', 'd', 'y')
    .node('Neg', 'd', 'n')
    .output('y')
    .output('n');
  t.deepEqual(await drawn(t, network, dequantizeLate), [
    'x -> Q -> q',
    'q -> DQ -> d',
    'q -> Flatten -> y/quantized',
    'd -> Neg -> n',
    'y/quantized -> DQ -> y',
  ]);
});

test('behind Concat only if all its inputs are quantised alike', async t => {
  const concat = (second: string) =>
    start()
      .node('QuantizeLinear', 'x s z', 'q')
      .node('DequantizeLinear', 'q s z', 'd')
      .node('QuantizeLinear', `x ${second}`, 'r')
      .node('DequantizeLinear', `r ${second}`, 'e')
      .node('Concat', 'd e', 'y', {axis: 1n})
      .output('y');
  t.deepEqual(await drawn(t, concat('s z'), dequantizeLate), [
    'x -> Q -> q',
    'x -> Q -> r',
    'q r -> Concat -> y/quantized',
    'y/quantized -> DQ -> y',
  ]);
  t.is(await drawn(t, concat('t v'), dequantizeLate), undefined);
});

test('each part of a Split is dequantised, and rows of a table only once they are chosen', async t => {
  const split = start()
    .node('QuantizeLinear', 'x s z', 'q')
    .node('DequantizeLinear', 'q s z', 'd')
    .node('Split', 'd', 'a b', {axis: 1n})
    .node('Neg', 'a', 'y')
    .node('Abs', 'b', 'w')
    .output('y')
    .output('w');
  t.deepEqual(await drawn(t, split, dequantizeLate), [
    'x -> Q -> q',
    'q -> Split -> a/quantized b/quantized',
    'a/quantized -> DQ -> a',
    'a -> Neg -> y',
    'b/quantized -> DQ -> b',
    'b -> Abs -> w',
  ]);
  const table = start()
    .initializer('table', tensorOf('u8', [3, 2], [0, 1, 2, 3, 4, 5]))
    .initializer('rows', tensorOf('i64', [2], [2n, 0n]))
    .node('DequantizeLinear', 'table s z', 'd')
    .node('Gather', 'd rows', 'g')
    .node('Add', 'x g', 'y')
    .output('y');
  t.deepEqual(await drawn(t, table, dequantizeLate), [
    'table rows -> Gather -> g/quantized',
    'g/quantized -> DQ -> g',
    'x g -> Add -> y',
  ]);
});

test('scales per channel follow a Transpose and stop before a Reshape', async t => {
  const perChannel = () =>
    start()
      .initializer('cs', tensorOf('f32', [2], [0.1, 0.3]))
      .initializer('cz', tensorOf('u8', [2], [10, 20]))
      .node('QuantizeLinear', 'x cs cz', 'q', {axis: -3n})
      .node('DequantizeLinear', 'q cs cz', 'd', {axis: -3n});
  const transpose = perChannel()
    .node('Transpose', 'd', 'y', {perm: [0n, 2n, 3n, 1n]})
    .output('y');
  t.deepEqual(await drawn(t, transpose, dequantizeLate), [
    'x -> Q -> q',
    'q -> Transpose -> y/quantized',
    'y/quantized -> DQ -> y',
  ]);
  t.is(
    await drawn(t, perChannel().node('Flatten', 'd', 'y').output('y'), dequantizeLate),
    undefined,
  );
});

test('quantisation moves next to what computes, through pooling and into each part', async t => {
  const pool = {kernel_shape: [2n, 2n], strides: [1n, 1n], pads: [1n, 1n, 0n, 0n]};
  const network = start()
    .node('Neg', 'x', 'a')
    .node('Abs', 'x', 'b')
    .node('Concat', 'a b', 'c', {axis: 1n})
    .node('MaxPool', 'c', 'm', pool)
    .node('QuantizeLinear', 'm s z', 'y')
    .output('y', 'u8');
  t.deepEqual(await drawn(t, network, quantizeEarly), [
    'x -> Neg -> a',
    'x -> Abs -> b',
    'a -> Q -> a/quantized',
    'b -> Q -> b/quantized',
    'a/quantized b/quantized -> Concat -> c/quantized',
    'c/quantized -> MaxPool -> y',
  ]);
});

test('quantisation stays where float32 is needed as well', async t => {
  const network = start()
    .node('Neg', 'x', 'a')
    .node('Flatten', 'a', 'f')
    .node('QuantizeLinear', 'f s z', 'y')
    .node('Abs', 'a', 'w')
    .output('y', 'u8')
    .output('w');
  t.is(await drawn(t, network, quantizeEarly), undefined);
});

test('back and forth with the same scale and zero point is nothing at all', async t => {
  const network = (again: string) =>
    start()
      .node('QuantizeLinear', 'x s z', 'q')
      .node('DequantizeLinear', 'q s z', 'd')
      .node('QuantizeLinear', `d ${again}`, 'r')
      .node('DequantizeLinear', `r ${again}`, 'y')
      .output('y');
  t.deepEqual(await drawn(t, network('s z'), dropRequantize), ['x -> Q -> q', 'q -> DQ -> y']);
  t.is(await drawn(t, network('t v'), dropRequantize), undefined);
});

test('each reader gets a dequantisation of its own, a network output keeps the first', async t => {
  const network = start()
    .node('QuantizeLinear', 'x s z', 'q')
    .node('DequantizeLinear', 'q s z', 'd')
    .node('Mul', 'd d', 'a')
    .node('Neg', 'd', 'b')
    .output('a')
    .output('b');
  t.deepEqual(await drawn(t, network, dequantizePerReader), [
    'x -> Q -> q',
    'q -> DQ -> d',
    'd -> Mul -> a',
    'q -> DQ -> d#2',
    'd#2 -> Neg -> b',
  ]);
  t.deepEqual(await drawn(t, network.output('d'), dequantizePerReader), [
    'x -> Q -> q',
    'q -> DQ -> d',
    'q -> DQ -> d#2',
    'd#2 -> Mul -> a',
    'q -> DQ -> d#3',
    'd#3 -> Neg -> b',
  ]);
});

test('what the body of an If reads keeps its name', async t => {
  const branch = (type: string) =>
    new NetworkBuilder(type).node(type, 'd', [type]).output(type).graph();
  const network = start()
    .initializer('zero', tensorOf('f32', [], [0]))
    .node('QuantizeLinear', 'x s z', 'q')
    .node('DequantizeLinear', 'q s z', 'd')
    .node('ReduceSum', 'x', 'sum', {keepdims: 0n})
    .node('Greater', 'sum zero', 'positive')
    .node('If', 'positive', 'i', {then_branch: branch('Neg'), else_branch: branch('Abs')})
    .node('Flatten', 'd', 'y')
    .output('i')
    .output('y');
  t.deepEqual(await drawn(t, network, dequantizeLate), [
    'x -> Q -> q',
    'q -> DQ -> d',
    'x -> ReduceSum -> sum',
    'sum zero -> Greater -> positive',
    'positive d -> If -> i',
    'q -> Flatten -> y/quantized',
    'y/quantized -> DQ -> y',
  ]);
});

test('scales that a request may override, blocks, 16 bits and old files are left alone', t => {
  const untouched = [
    new NetworkBuilder()
      .irVersion(3)
      .input('x', 'f32', [1, 4])
      .input('s', 'f32', [])
      .initializer('s', tensorOf('f32', [], [0.1]))
      .node('QuantizeLinear', 'x s', 'q')
      .node('DequantizeLinear', 'q s', 'd')
      .node('Flatten', 'd', 'y')
      .output('y'),
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .overridable('s', tensorOf('f32', [], [0.1]))
      .node('QuantizeLinear', 'x s', 'q')
      .node('DequantizeLinear', 'q s', 'd')
      .node('Flatten', 'd', 'y')
      .output('y'),
    new NetworkBuilder()
      .opset('', 21)
      .input('q', 'u8', [1, 4])
      .initializer('s', tensorOf('f32', [1, 2], [0.1, 0.2]))
      .node('DequantizeLinear', 'q s', 'd', {axis: 1n, block_size: 2n})
      .node('Flatten', 'd', 'y')
      .output('y'),
    new NetworkBuilder()
      .opset('', 21)
      .input('q', 'u16', [1, 4])
      .initializer('s', tensorOf('f32', [], [0.1]))
      .initializer('z', tensorOf('u16', [], [7]))
      .node('DequantizeLinear', 'q s z', 'd')
      .node('Flatten', 'd', 'y')
      .output('y'),
  ];
  for (const network of untouched) {
    t.is(lowerPrecision(readNetwork(network.bytes())), undefined);
  }
});
