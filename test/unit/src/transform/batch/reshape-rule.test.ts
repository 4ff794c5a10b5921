import {batchNetwork, checkBatches} from '../../../../support/batch-case.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const ends = /output 'y' has not one row for each row of its inputs/;
const size = (first: number | string, ints = {}) =>
  batchNetwork(first, {zero: 0, one: 1, axes: [0], rest: [-1], six: [6], ...ints});

checkBatches({
  'view(x.size(0), -1) keeps requests apart, as Shape, Gather, Unsqueeze and Concat': [
    size('n')
      .node('Shape', 'x', 's')
      .node('Gather', 's zero', 'g')
      .node('Unsqueeze', 'g axes', 'u')
      .node('Concat', 'u rest', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'y'),
  ],
  'the same of a network of one row keeps requests apart': [
    size(1)
      .node('Shape', 'x', 's')
      .node('Gather', 's zero', 'g')
      .node('Unsqueeze', 'g axes', 'u')
      .node('Concat', 'u rest', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'y'),
  ],
  'a shape of Shape, Slice and Concat keeps requests apart': [
    size('n', {ones: [1], halves: [3, 8]})
      .node('Shape', 'x', 's')
      .node('Slice', 's axes ones', 'n')
      .node('Concat', 'n halves', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'y'),
  ],
  'rows that become several, and one again, keep requests apart': [
    size('n', {back: [-1, 4, 6], wide: [-1, 6]})
      .node('Reshape', 'x wide', 'w')
      .node('Softmax', 'w', 'm', {axis: -1n})
      .node('Reshape', 'm back', 'y'),
  ],
  'a batch times another axis, as attention has it, keeps requests apart': [
    size('n', {four: [4], ones: [1]})
      .node('Shape', 'x', 's')
      .node('Slice', 's axes ones', 'n')
      .node('Mul', 'n four', 'm')
      .node('Concat', 'm ones rest', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'r')
      .node('Tanh', 'r', 'h')
      .node('Reshape', 'h s', 'y'),
  ],
  'constants of a network of one row mean that row: [1, -1]': [
    size(1, {c: [1, -1]}).node('Reshape', 'x c', 'y'),
  ],
  'constants of a network of one row mean that row: [1, 24]': [
    size(1, {c: [1, 24]}).node('Reshape', 'x c', 'y'),
  ],
  'constants of a network of one row may say how many rows it becomes': [
    size(1, {c: [8, 3], d: [1, 24]})
      .node('Reshape', 'x c', 'r')
      .node('Reshape', 'r d', 'y'),
  ],
  'where other sizes are free, a constant may say the row that it was': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 'free', 6])
      .initializer('c', tensorOf('i64', [2], [1, -1]))
      .node('Reshape', 'x c', 'y'),
  ],
  'where other sizes are free, a constant may say no other rows': [
    new NetworkBuilder()
      .input('x', 'f32', [1, 'free', 6])
      .initializer('c', tensorOf('i64', [2], [3, -1]))
      .node('Reshape', 'x c', 'r')
      .node('Shape', 'x', 's')
      .node('Reshape', 'r s', 'y'),
    /\(Reshape\): it joins the batch with other axes/,
  ],
  'a batch behind another axis is reshaped there': [
    size('n', {split: [0, -1, 2, 3]})
      .node('Transpose', 'x', 't', {perm: [1n, 0n, 2n]})
      .node('Reshape', 't split', 'r')
      .node('ReduceMean', 'r', 'm', {axes: [0n], keepdims: 0n})
      .node('Identity', 'm', 'y'),
  ],
  'a size from another value is as good': [
    size('n', {ones: [1]})
      .node('ReduceMax', 'x', 'm', {axes: [1n], keepdims: 0n})
      .node('Shape', 'm', 's')
      .node('Slice', 's axes ones', 'n')
      .node('Concat', 'n rest', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'y'),
  ],
  'Flatten keeps requests apart': [size('n').node('Flatten', 'x', 'y')],
  'Flatten behind the batch gives several rows for one': [
    size('n').node('Flatten', 'x', 'y', {axis: 2n}),
    ends,
  ],
  'Flatten before the batch puts it along the second axis': [
    size('n').node('Flatten', 'x', 'y', {axis: 0n}),
    /output 'y' has the batch along axis 1/,
  ],
  'a row count that is constant is no batch of any size': [
    size('n', {c: [2, -1]}).node('Reshape', 'x c', 'y'),
    /\(Reshape\): it joins the batch with other axes/,
  ],
  'half as many rows, each of two requests, are refused': [
    size('n', {ones: [1], two: [2]})
      .node('Shape', 'x', 's')
      .node('Slice', 's axes ones', 'n')
      .node('Div', 'n two', 'h')
      .node('Concat', 'h rest', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'y'),
    /\(Reshape\): it computes with the number of requests/,
  ],
  'a batch that would be read across another axis is refused': [
    size('n')
      .node('Transpose', 'x', 't', {perm: [1n, 0n, 2n]})
      .node('Shape', 'x', 's')
      .node('Reshape', 't s', 'y'),
    /\(Reshape\): it joins the batch with other axes/,
  ],
  'the batch twice in a shape is refused': [
    size('n', {ones: [1]})
      .node('Shape', 'x', 's')
      .node('Slice', 's axes ones', 'n')
      .node('Concat', 'n n rest', 'c', {axis: 0n})
      .node('Reshape', 'x c', 'y'),
    /\(Reshape\): it joins the batch with other axes/,
  ],
  'a shape that is input to the network is refused': [
    size('n').input('shape', 'i64', ['n']).node('Reshape', 'x shape', 'y'),
    /\(Reshape\): its shape depends on the request/,
  ],
});
