import test from 'ava';
import type {TensorData, TensorInfo} from '../../../schemas/tensor.js';
import {batchTensors} from '../../../src/client/batch-tensors.js';
import {type ErrorCode, InferenceError} from '../../../src/errors.js';
import {ClientBench} from '../../support/client-bench.js';
import {singleStage} from '../../support/stage-graphs.js';
import {tensorOf} from '../../support/tensor-of.js';

const pairs: TensorInfo = {name: 'x', type: 'f32', shape: ['n', 2], layout: 'NC'};
const item = (...values: readonly number[]) => tensorOf('f32', [1, 2], values);

test('items become one tensor, in their order', t => {
  const batch = batchTensors(pairs, [item(1, 2), item(3, 4), item(5, 6)]);
  t.deepEqual(batch.shape, [3, 2]);
  t.deepEqual([...batch.data], [1, 2, 3, 4, 5, 6]);
});

test('one item is a batch of one, and text is batched as numbers are', t => {
  t.deepEqual(batchTensors(pairs, [item(1, 2)]).shape, [1, 2]);
  const words: TensorInfo = {name: 'x', type: 'string', shape: ['n'], layout: 'N'};
  const batch = batchTensors(words, [
    tensorOf('string', [1], ['a']),
    tensorOf('string', [1], ['b']),
  ]);
  t.deepEqual(batch.data, ['a', 'b']);
});

test('items are views of larger memory too', t => {
  const memory = new Float32Array([9, 1, 2, 9]);
  const view: TensorData = {type: 'f32', shape: [1, 2], data: memory.subarray(1, 3)};
  const batch = batchTensors(pairs, [view, view]);
  memory.fill(0);
  t.deepEqual([...batch.data], [1, 2, 1, 2], 'a copy');
});

const strided: TensorData = {type: 'f32', shape: [1, 2], data: new Float32Array(4)};
const refusals: readonly (readonly [string, TensorInfo, readonly unknown[], ErrorCode, RegExp])[] =
  [
    ['no tensors', pairs, [], 'INVALID_ARGUMENT', /x: expected a tensor for each item, given none/],
    [
      'an input without a layout',
      {name: 'x', type: 'f32', shape: ['n', 2]},
      [item(1, 2)],
      'INVALID_ARGUMENT',
      /x: tensors of a batch need a layout with N, none is declared: PrePostProcessor/,
    ],
    [
      'a layout without N',
      {...pairs, layout: 'HW'},
      [item(1, 2)],
      'INVALID_ARGUMENT',
      /need a layout with N, it is HW/,
    ],
    [
      'a layout whose N is not first',
      {...pairs, layout: 'CN'},
      [item(1, 2)],
      'INVALID_ARGUMENT',
      /need N as the first axis, it is CN/,
    ],
    [
      'an item that is several',
      pairs,
      [item(1, 2), tensorOf('f32', [2, 2])],
      'SHAPE_MISMATCH',
      /x, item 1: expected one item of the batch, 1 along N, given \[2,2\]/,
    ],
    [
      'another count than the batch has',
      {...pairs, shape: [3, 2]},
      [item(1, 2), item(3, 4)],
      'SHAPE_MISMATCH',
      /x: expected 3 tensors, one for each item of the batch, given 2/,
    ],
    [
      'items of several types',
      pairs,
      [item(1, 2), tensorOf('f64', [1, 2])],
      'TYPE_MISMATCH',
      /x, item 1: expected f32, the type of the first, given f64/,
    ],
    [
      'items of several shapes',
      pairs,
      [item(1, 2), tensorOf('f32', [1, 3])],
      'SHAPE_MISMATCH',
      /x, item 1: expected \[1,2\], the shape of the first, given \[1,3\]/,
    ],
    [
      'elements that do not lie one behind the other',
      pairs,
      [item(1, 2), strided],
      'SIZE_MISMATCH',
      /x, item 1: shape \[1,2\] needs 2 elements, given 4/,
    ],
    ['what is no tensor', pairs, [item(1, 2), 5], 'TYPE_MISMATCH', /x, item 1: expected a Tensor/],
  ];

for (const [what, info, items, code, message] of refusals) {
  test(`refuses ${what}`, t => {
    const batch = () => batchTensors(info, items as readonly TensorData[]);
    const error = t.throws(batch, {instanceOf: InferenceError, message});
    t.is(error.code, code);
  });
}

/** x: f32[n,4], NC. */
function request() {
  const client = new ClientBench();
  const deployment = singleStage();
  const inputs = [{name: 'x', type: 'f32', shape: ['n', 4], layout: 'NC'}] as const;
  return {client, request: client.load({...deployment, inputs}).createInferRequest()};
}

const four = (value: number) => tensorOf('f32', [1, 4], [value, value, value, value]);

test('a request takes a batch, by setBatch or as a list among its inputs', async t => {
  const {client, request: infer} = request();
  infer.setBatch('x', [four(1), four(2)]);
  t.deepEqual(infer.getInput('x').shape, [2, 4]);
  const outputs = infer.infer();
  t.deepEqual([...(client.submissions[0]?.tensors.get('x')?.data ?? [])], [1, 1, 1, 1, 2, 2, 2, 2]);
  client.done({y: four(0)});
  await outputs;
  const again = infer.infer({x: [four(3), four(4), four(5)]});
  t.deepEqual(client.submissions[1]?.tensors.get('x')?.shape, [3, 4]);
  t.throws(() => infer.setBatch('x', [four(1)]), {message: /runs/});
  client.done({y: four(0)});
  await again;
});

test('a batch that does not fit the input, or is no list, is refused', t => {
  const {request: infer} = request();
  const wide = tensorOf('f32', [1, 5]);
  t.like(
    t.throws(() => infer.setBatch('x', [wide, wide])),
    {code: 'SHAPE_MISMATCH'},
  );
  t.like(
    t.throws(() => infer.setBatch('z', [four(1)])),
    {code: 'UNKNOWN_INPUT'},
  );
  t.like(
    t.throws(() => infer.setBatch('x', four(1) as unknown as TensorData[])),
    {code: 'INVALID_ARGUMENT', message: 'x: expected a list of tensors, given [object Object]'},
  );
});
