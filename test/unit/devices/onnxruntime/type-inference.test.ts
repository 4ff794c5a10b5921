import test from 'ava';
import {TypeInference} from '../../../../devices/onnxruntime/type-inference.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

const bfloat16 = 16n;
const float = 1n;

const types = new TypeInference();
test.after.always(() => types.close());

const inferred = (builder: NetworkBuilder) =>
  types.inferValues({model: builder.bytes(), weightsFile: undefined});

test('types and shapes of inner values are inferred', async t => {
  const values = await inferred(
    new NetworkBuilder()
      .input('x', 'f32', ['n', 3])
      .initializer('w', tensorOf('f32', [3, 2]))
      .node('MatMul', 'x w', 'h')
      .node('NonZero', 'h', 'found')
      .node('Shape', 'h', 'size')
      .output('size', 'i64', [2]),
  );
  t.deepEqual(Object.fromEntries(values), {
    h: {kind: 'tensor', type: 'f32', shape: ['n', 2]},
    found: {kind: 'tensor', type: 'i64', shape: [2, '?']},
    size: {kind: 'tensor', type: 'i64', shape: [2]},
  });
});

test('a scalar is told from a tensor whose rank is not known', async t => {
  const values = await inferred(
    new NetworkBuilder()
      .input('x', 'f32', ['n'])
      .input('shape', 'i64', ['rank'])
      .node('ReduceSum', 'x', 'sum', {keepdims: 0n})
      .node('Reshape', 'x shape', 'reshaped')
      .node('Add', 'sum reshaped', 'y')
      .output('y'),
  );
  t.deepEqual(values.get('sum'), {kind: 'tensor', type: 'f32', shape: []});
  t.deepEqual(values.get('reshaped'), {kind: 'tensor', type: 'f32', shape: null});
});

test('sequences and types that do not travel are other, and the rest is told', async t => {
  const values = await inferred(
    new NetworkBuilder()
      .input('x', 'f32', [3])
      .node('Relu', 'x', 'a')
      .node('Cast', 'a', 'short', {to: bfloat16})
      .node('Cast', 'short', 'long', {to: float})
      .node('SequenceConstruct', 'long a', 'both')
      .node('SequenceAt', 'both first', 'y')
      .initializer('first', tensorOf('i64', [], [0]))
      .output('y'),
  );
  t.deepEqual(values.get('a'), {kind: 'tensor', type: 'f32', shape: [3]});
  t.deepEqual(values.get('short'), {kind: 'other'});
  t.deepEqual(values.get('long'), {kind: 'tensor', type: 'f32', shape: [3]});
  t.deepEqual(values.get('both'), {kind: 'other'});
  t.like(values.get('y'), {kind: 'tensor', type: 'f32'});
});

test('an operation that nobody knows hides only what depends on it', async t => {
  const values = await inferred(
    new NetworkBuilder()
      .input('x', 'f32', [2])
      .opset('nobody', 1)
      .node('Relu', 'x', 'a')
      .node('nobody.Unheard', 'a', 'b')
      .node('Shape', 'b', 'size')
      .node('Neg', 'a', 'c')
      .output('c')
      .output('size'),
  );
  t.deepEqual(values.get('c'), {kind: 'tensor', type: 'f32', shape: [2]});
  t.is(values.get('b'), undefined);
});

test('what is no network is refused', async t => {
  const model = Uint8Array.of(1, 2, 3);
  await t.throwsAsync(types.inferValues({model, weightsFile: undefined}), {
    code: 'INVALID_NETWORK',
  });
});
