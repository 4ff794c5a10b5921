import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import type {NamedTensors} from '../../../../../schemas/tensor.js';
import {mergeTensors, splitTensors} from '../../../../../src/app/batch-tensors.js';
import {InferenceError} from '../../../../../src/errors.js';
import type {Network} from '../../../../../src/network/network.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {writeModel} from '../../../../../src/network/write-model.js';
import {rebatch} from '../../../../../src/transform/batch/rebatch.js';
import {differences} from '../../../../support/close-to.js';
import {inferValues} from '../../../../support/infer-values.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {runModel} from '../../../../support/run-model.js';
import {tensorOf} from '../../../../support/tensor-of.js';

async function rebatched(model: Uint8Array): Promise<Network> {
  const network = readNetwork(model);
  return rebatch(network, await inferValues(network)).network;
}

/** Requests run as one must give what each gives alone. */
async function sameAsAlone(
  t: ExecutionContext,
  model: Uint8Array,
  requests: readonly NamedTensors[],
): Promise<void> {
  const network = await rebatched(model);
  const together = await runModel(writeModel(network.model), mergeTensors(requests));
  const parts = splitTensors(
    together,
    requests.map(() => 1),
  );
  for (const [at, inputs] of requests.entries()) {
    t.deepEqual(differences(parts?.[at] ?? new Map(), await runModel(model, inputs)), []);
  }
}

function numbers(count: number, seed: number): readonly number[] {
  return Array.from({length: count}, (_, at) => Math.sin(at * 1.7 + seed));
}

const three = (name: string, shape: readonly number[]) =>
  [1, 2, 3].map(seed => {
    const count = shape.reduce((product, size) => product * size, 1);
    return new Map([[name, tensorOf('f32', shape, numbers(count, seed))]]);
  });

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
  await sameAsAlone(t, model, three('x', [1, 2, 6, 6]));
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
  await sameAsAlone(t, model, three('x', [1, 4, 6]));
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
  const network = await rebatched(readFileSync('examples/digits/digits.onnx'));
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
    await t.throwsAsync(rebatched(builder.bytes()), {
      instanceOf: InferenceError,
      code: 'UNSUPPORTED_OPERATIONS',
      message,
    });
  });
}
