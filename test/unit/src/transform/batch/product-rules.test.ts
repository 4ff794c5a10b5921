import {batchNetwork, checkBatches, numbers} from '../../../../support/batch-case.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const own = /an operand has values for a batch of its own/;
const weights = (first: number | string, shape: readonly number[]) => {
  const count = shape.reduce((all, size) => all * size, 1);
  return batchNetwork(first).initializer('w', tensorOf('f32', shape, numbers(count, 5)));
};
const turn = {perm: [1n, 0n, 2n]};

checkBatches({
  'an operand of lower rank, or with one row, is the same for all': [
    weights('n', [4, 6])
      .initializer('b', tensorOf('f32', [1, 4, 1], numbers(4, 2)))
      .node('Add', 'x w', 'a')
      .node('Mul', 'a b', 'y'),
  ],
  'an operand with a row for the batch of one is refused for more': [
    weights(1, [3, 4, 6])
      .node('Add', 'x w', 'a')
      .node('ReduceMax', 'a', 'y', {axes: [1n]}),
    own,
  ],
  'a batch against another axis is refused': [
    weights('n', [1])
      .node('Transpose', 'x', 't', turn)
      .node('Unsqueeze', 'x axes', 'u')
      .initializer('axes', tensorOf('i64', [1], [1]))
      .node('Add', 'u t', 'y'),
    /\(Add\): it aligns the batch with another axis/,
  ],
  'rows against as many rows of another count are refused': [
    batchNetwork('n', {c: [-1, 6]})
      .node('Reshape', 'x c', 'r')
      .node('ReduceMax', 'x', 'm', {axes: [1n], keepdims: 0n})
      .node('Add', 'r m', 'y'),
    /\(Add\): it aligns the batch with another axis/,
  ],
  'MatMul with weights, on either side, keeps requests apart': [
    weights('n', [6, 4]).node('MatMul', 'x w', 'a').node('MatMul', 'w a', 'y'),
  ],
  'MatMul of rows by their own rows keeps requests apart': [
    weights('n', [6, 4])
      .node('Transpose', 'x', 't', {perm: [0n, 2n, 1n]})
      .node('MatMul', 'x t', 'y'),
  ],
  'MatMul whose rows are the batch keeps requests apart': [
    weights('n', [2, 6, 3])
      .node('Transpose', 'x', 't', turn)
      .node('ReduceMax', 't', 'm', {axes: [0n], keepdims: 0n})
      .node('MatMul', 'm w', 'p')
      .node('Transpose', 'p', 'y', turn),
  ],
  'MatMul that sums over the batch is refused': [
    weights('n', [4, 6])
      .node('Transpose', 'x', 't', {perm: [1n, 2n, 0n]})
      .node('MatMul', 't x', 'y'),
    /\(MatMul\): it multiplies requests together/,
  ],
  'MatMul of each request with all others is refused': [
    weights('n', [1])
      .node('ReduceMax', 'x', 'm', {axes: [1n], keepdims: 0n})
      .node('Transpose', 'm', 't')
      .node('MatMul', 'm t', 'y'),
    /\(MatMul\): it multiplies requests together/,
  ],
  'MatMul whose rows of both operands are the batch is refused': [
    batchNetwork(1, {axes: [1, 2], two: [2]})
      .node('ReduceMax', 'x', 'm', {axes: [1n], keepdims: 0n})
      .node('ReduceMax', 'x', 'k', {axes: [1n, 2n], keepdims: 0n})
      .node('Unsqueeze', 'k axes', 'u')
      .node('Squeeze', 'u two', 's')
      .node('MatMul', 's m', 'y'),
    /\(MatMul\): it multiplies requests together/,
  ],
  'MatMul with weights for a batch of their own is refused': [
    weights(1, [3, 6, 2])
      .node('MatMul', 'x w', 'p')
      .node('ReduceMax', 'p', 'y', {axes: [1n]}),
    own,
  ],
  'Gemm keeps requests apart': [
    weights('n', [6, 3])
      .initializer('b', tensorOf('f32', [3], numbers(3, 1)))
      .node('ReduceMax', 'x', 'm', {axes: [1n], keepdims: 0n})
      .node('Gemm', 'm w b', 'y'),
  ],
  'Gemm that sums over the batch is refused': [
    weights('n', [3, 6])
      .node('ReduceMax', 'x', 'm', {axes: [1n], keepdims: 0n})
      .node('Gemm', 'm w', 'y', {transA: 1n, transB: 1n}),
    /\(Gemm\): it sums over the batch/,
  ],
});
