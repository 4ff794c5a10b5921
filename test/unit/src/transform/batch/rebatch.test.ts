import {readFileSync} from 'node:fs';
import test from 'ava';
import {InferenceError} from '../../../../../src/errors.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {tensorProto} from '../../../../../src/network/tensor-proto.js';
import {rebatch} from '../../../../../src/transform/batch/rebatch.js';
import {numbers, rebatched, refuses, sameAsAlone} from '../../../../support/batch-case.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {tensorOf} from '../../../../support/tensor-of.js';

test('a convolutional network of batch 1, Reshape and all, runs three requests as one', async t => {
  const model = new NetworkBuilder('small')
    .input('x', 'f32', [1, 2, 6, 6])
    .initializer('w', tensorOf('f32', [4, 2, 3, 3], numbers(72, 9)))
    .initializer('scale', tensorOf('f32', [1, 4, 1, 1], numbers(4, 5)))
    .initializer('rows', tensorOf('i64', [2], [1, -1]))
    .initializer('dense', tensorOf('f32', [16, 5], numbers(80, 4)))
    .initializer('bias', tensorOf('f32', [5], numbers(5, 3)))
    .node('Conv', 'x w', 'c')
    .node('Mul', 'c scale', 'm')
    .node('Relu', 'm', 'r')
    .node('MaxPool', 'r', 'p', {kernel_shape: [2n, 2n], strides: [2n, 2n]})
    .node('Reshape', 'p rows', 'flat')
    .node('Gemm', 'flat dense bias', 'g')
    .node('Softmax', 'g', 'y', {axis: 1n})
    .output('y', 'f32', [1, 5])
    .bytes();
  await sameAsAlone(t, model);
});

test('an attention block, with Transpose and two batched operands, runs as one', async t => {
  const model = new NetworkBuilder('attention')
    .input('x', 'f32', [1, 4, 6])
    .initializer('wq', tensorOf('f32', [6, 6], numbers(36, 2)))
    .initializer('wk', tensorOf('f32', [6, 6], numbers(36, 7)))
    .node('MatMul', 'x wq', 'q')
    .node('MatMul', 'x wk', 'k')
    .node('Transpose', 'k', 'kt', {perm: [0n, 2n, 1n]})
    .node('MatMul', 'q kt', 'scores')
    .node('Softmax', 'scores', 'p', {axis: -1n})
    .node('MatMul', 'p x', 'mixed')
    .node('Add', 'mixed x', 'y')
    .output('y', 'f32', [1, 4, 6])
    .bytes();
  await sameAsAlone(t, model);
});

/** Numbers of a shape as an initializer, small as trained weights are. */
const weight = (shape: readonly number[], seed: number) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensorOf(
    'f32',
    shape,
    numbers(count, seed).map(each => each / 3),
  );
};

/** `x.size(axis)` of a value as PyTorch exports it, as a tensor [1]. */
function size(builder: NetworkBuilder, value: string, axis: string): string {
  const name = `${value} size ${axis}`;
  builder
    .node('Shape', [value], [`${name} shape`])
    .node('Gather', [`${name} shape`, axis], [`${name} scalar`])
    .node('Unsqueeze', [`${name} scalar`, 'front'], [name]);
  return name;
}

/** `value.view(...)` of sizes that are computed, or initializers. */
function view(builder: NetworkBuilder, value: string, sizes: readonly string[], made: string) {
  builder.node('Concat', sizes, [`${made} shape`], {axis: 0n});
  builder.node('Reshape', [value, `${made} shape`], [made]);
}

test('a vision transformer as PyTorch exports it, of any image and batch, runs as one', async t => {
  const builder = new NetworkBuilder('transformer')
    .input('image', 'f32', ['batch', 3, 'height', 'width'])
    .initializer('kernel', weight([8, 3, 1, 1], 1))
    .initializer('token', weight([1, 1, 8], 2))
    .initializer('qkv', weight([8, 24], 3))
    .initializer('out', weight([8, 8], 4))
    .initializer('gain', weight([8], 5))
    .initializer('head', weight([8, 5], 6))
    .initializer('bias', weight([5], 7));
  const ints = {front: [0], rest: [-1], one: [1], two: [2], three: [3], four: [4], eight: [8]};
  for (const [name, values] of Object.entries({...ints, minus: [-1]})) {
    builder.initializer(name, tensorOf('i64', [1], values));
  }
  for (const at of [0, 1, 2]) builder.initializer(`${at}`, tensorOf('i64', [], [at]));
  builder.node('Conv', 'image kernel', 'patches');
  view(builder, 'patches', [size(builder, 'patches', '0'), 'eight', 'rest'], 'flat');
  builder.node('Transpose', 'flat', 'words', {perm: [0n, 2n, 1n]});
  builder.node('Concat', [size(builder, 'words', '0'), 'one', 'eight'], ['token shape'], {
    axis: 0n,
  });
  builder.node('Expand', ['token', 'token shape'], ['tokens']);
  builder.node('Concat', 'tokens words', 'all', {axis: 1n});
  builder.node('LayerNormalization', 'all gain', 'normal').node('MatMul', 'normal qkv', 'mixed');
  const [batch, length] = [size(builder, 'all', '0'), size(builder, 'all', '1')];
  view(builder, 'mixed', [batch, length, 'three', 'two', 'four'], 'heads');
  builder.node('Transpose', 'heads', 'parts', {perm: [2n, 0n, 3n, 1n, 4n]});
  for (const at of [0, 1, 2]) builder.node('Gather', ['parts', `${at}`], [`part${at}`]);
  builder
    .node('Transpose', 'part1', 'keys', {perm: [0n, 1n, 3n, 2n]})
    .node('MatMul', 'part0 keys', 'scores')
    .node('Softmax', 'scores', 'weights', {axis: -1n})
    .node('MatMul', 'weights part2', 'found')
    .node('Transpose', 'found', 'turned', {perm: [0n, 2n, 1n, 3n]});
  view(builder, 'turned', [batch, length, 'eight'], 'joined');
  builder
    .node('MatMul', 'joined out', 'projected')
    .node('Add', 'projected all', 'sum')
    .node('Gather', 'sum 0', 'first', {axis: 1n})
    .node('Gemm', 'first head bias', 'y')
    .output('y', 'f32', ['batch', 5]);
  await sameAsAlone(t, builder.bytes());
});

test('rows that are looked up by each request come along', async t => {
  const model = new NetworkBuilder('embedding')
    .input('ids', 'i64', [1, 3])
    .initializer('table', tensorOf('f32', [5, 2], numbers(10, 1)))
    .initializer('axes', tensorOf('i64', [1], [1]))
    .node('Gather', 'table ids', 'rows')
    .node('ReduceMean', 'rows', 'y', {axes: [1n], keepdims: 0n})
    .output('y', 'f32', [1, 2])
    .bytes();
  const requests = [
    [0, 1, 2],
    [4, 4, 0],
  ].map(ids => new Map([['ids', tensorOf('i64', [1, 3], ids)]]));
  await sameAsAlone(t, model, requests);
});

test('the network of the demonstration takes batches', async t => {
  const {network} = await rebatched(readFileSync('examples/digits/digits.onnx'));
  t.is(network.inputs[0]?.shape?.[0], 'batch');
});

const refused: Readonly<Record<string, readonly [NetworkBuilder, RegExp]>> = {
  'sums over the batch': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .node('ReduceSum', 'x', 'y')
      .output('y', 'f32', [1, 1]),
    /'ReduceSum_0' \(ReduceSum\): it works along all axes/,
  ],
  'normalises over the batch': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .node('Softmax', 'x', 'y', {axis: 0n})
      .output('y', 'f32', [1, 4]),
    /it works along the batch/,
  ],
  'has the batch along another axis of what it gives': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .initializer('b', tensorOf('f32', [3, 1, 4]))
      .node('Add', 'x b', 'y')
      .output('y', 'f32', [3, 1, 4]),
    /output 'y' has the batch along axis 1/,
  ],
  'gives what has the batch elsewhere': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .node('Transpose', 'x', 'y')
      .output('y', 'f32', [4, 1]),
    /output 'y' has the batch along axis 1/,
  ],
  'gives other rows than it was given': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .initializer('s', tensorOf('i64', [2], [-1, 2]))
      .node('Reshape', 'x s', 'y')
      .output('y', 'f32', [2, 2]),
    /output 'y' has not one row for each row of its inputs/,
  ],
  'quantises by what it sees of all requests': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .node('DynamicQuantizeLinear', 'x', 'y s z')
      .output('y', 'u8', [1, 4]),
    /\(DynamicQuantizeLinear\): it may mix requests/,
  ],
  'draws random numbers': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .node('RandomUniform', '', 'r', {shape: [1n, 4n]})
      .node('Add', 'x r', 'y')
      .output('y', 'f32', [1, 4]),
    /'RandomUniform_0' \(RandomUniform\): it draws random numbers/,
  ],
  'captures a batch in a body': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .initializer('on', tensorOf('bool', [], [1]))
      .node('If', 'on', 'y', {
        then_branch: new NetworkBuilder().node('Softmax', 'x', 'a', {axis: 0n}).output('a').graph(),
        else_branch: new NetworkBuilder().node('Relu', 'x', 'b').output('b').graph(),
      })
      .output('y', 'f32', [1, 4]),
    /'If_0' \(If\): it may mix requests/,
  ],
  'counts its requests': [
    new NetworkBuilder()
      .input('x', 'f32', ['n', 4])
      .initializer('at', tensorOf('i64', [], [0]))
      .initializer('one', tensorOf('i64', [], [1]))
      .initializer('axes', tensorOf('i64', [1], [1]))
      .node('Shape', 'x', 's')
      .node('Gather', 's at', 'n')
      .node('Range', 'at n one', 'r')
      .node('Cast', 'r', 'f', {to: 1n})
      .node('Unsqueeze', 'f axes', 'u')
      .node('Add', 'x u', 'y')
      .output('y', 'f32', ['n', 4]),
    /\(Range\): it counts on from one request to the next/,
  ],
  'has an input without a batch': [
    new NetworkBuilder()
      .input('x', 'f32', [2, 4])
      .node('Relu', 'x', 'y')
      .output('y', 'f32', [2, 4]),
    /input 'x' has no first axis of 1/,
  ],
  'has an output that is the same for all': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 4])
      .initializer('c', tensorOf('f32', [1]))
      .node('Relu', 'x', 'y')
      .node('Neg', 'c', 'z')
      .output('y', 'f32', [1, 4])
      .output('z', 'f32', [1]),
    /output 'z' is the same for every request/,
  ],
};

for (const [title, [builder, message]] of Object.entries(refused)) {
  test(`a network that ${title} takes no batch, and says why`, async t => {
    await refuses(t, builder.bytes(), message);
  });
}

test('what stands in the way of no output is no reason to refuse', async t => {
  const model = new NetworkBuilder()
    .input('x', 'f32', ['n', 4])
    .node('ReduceSum', 'x', 'unused')
    .node('Relu', 'x', 'y')
    .output('y', 'f32', ['n', 4])
    .bytes();
  await sameAsAlone(t, model);
});

test('what is not one row for each of the batch is tied to the stage that makes it', async t => {
  const model = new NetworkBuilder()
    .input('x', 'f32', ['n', 4])
    .initializer('c', tensorOf('f32', [4]))
    .node('Neg', 'c', 'constant')
    .node('Add', 'x constant', 'rows')
    .node('Shape', 'rows', 'shape')
    .node('Transpose', 'rows', 'turned')
    .node('Transpose', 'turned', 'back')
    .node('Reshape', 'back shape', 'y')
    .output('y', 'f32', ['n', 4])
    .bytes();
  t.deepEqual((await rebatched(model)).tied, ['shape', 'turned']);
});

test('a shape that a request may override is left as it is, so no batch of it is made', async t => {
  const model = new NetworkBuilder()
    .input('x', 'f32', [1, 2, 2])
    .overridable('shape', tensorOf('i64', [2], [1, 4]))
    .node('Reshape', 'x shape', 'y')
    .output('y', 'f32', [1, 4])
    .bytes();
  await refuses(t, model, /\(Reshape\): a request may override what its shape depends on/);
});

test('what a file claims of the shapes of its outputs is not believed', async t => {
  const model = new NetworkBuilder()
    .input('x', 'f32', ['n', 4])
    .initializer('rows', tensorOf('i64', [2], [-1, 2]))
    .node('Reshape', 'x rows', 'y')
    .output('y', 'f32', ['n', 2])
    .bytes();
  await refuses(t, model, /output 'y' has not one row for each row of its inputs/);
});

test('shapes that no value can have are no reason to break', t => {
  const model = new NetworkBuilder()
    .input('x', 'f32', ['n', 4])
    .initializer('less', tensorOf('i64', [2], [-2, 3]))
    .initializer('four', tensorOf('i64', [4], [1, 1, 1, 1]))
    .initializer('both', tensorOf('i64', [2], [-2, -2]))
    .node('ConstantOfShape', 'less', 'c', {value: tensorProto('', tensorOf('f32', [1], [1]))})
    .node('Reshape', 'four both', 'r')
    .node('Transpose', 'r', 'turned', {perm: [7n, 9n]})
    .node('Gather', 'turned less', 'g', {axis: 5n})
    .node('Cast', 'g', 'f', {to: 1n})
    .node('Add', 'x f', 'a')
    .node('Add', 'a c', 'y')
    .output('y')
    .bytes();
  const error = t.throws(() => rebatch(readNetwork(model), new Map()), {
    instanceOf: InferenceError,
  });
  t.regex(error?.message ?? '', /the rank of an operand is unknown/);
});
