import {tensorProto} from '../../../../../src/network/tensor-proto.js';
import {batchNetwork, checkBatches, numbers} from '../../../../support/batch-case.js';
import {tensorOf} from '../../../../support/tensor-of.js';

/** n: the number of rows [1]; token: [1, 1, 6]. */
const sized = (ints = {}) =>
  batchNetwork('n', {zeros: [0], ones: [1], rest: [-1], six: [6], two: [2], ...ints})
    .initializer('token', tensorOf('f32', [1, 1, 6], numbers(6, 4)))
    .node('Shape', 'x', 's')
    .node('Slice', 's zeros ones', 'n');

checkBatches({
  'a class token is repeated for each row by Expand': [
    sized()
      .node('Concat', 'n ones six', 'shape', {axis: 0n})
      .node('Expand', 'token shape', 'e')
      .node('Concat', 'e x', 'y', {axis: 1n}),
  ],
  'and as PyTorch writes expand(n, -1, -1), by ConstantOfShape, Equal and Where': [
    sized({three: [3], minus: -1})
      .node('Concat', 'n rest rest', 'shape', {axis: 0n})
      .node('ConstantOfShape', 'three', 'filled', {value: tensorOfOnes()})
      .node('Mul', 'filled minus', 'marks')
      .node('Equal', 'shape marks', 'is')
      .node('Where', 'is filled shape', 'sizes')
      .node('Expand', 'token sizes', 'e')
      .node('Concat', 'e x', 'y', {axis: 1n}),
  ],
  'what is the same for all is repeated for each row by Tile': [
    sized()
      .node('Concat', 'n two ones', 'times', {axis: 0n})
      .node('Tile', 'token times', 't')
      .node('Concat', 't x', 'y', {axis: 1n}),
  ],
  'ConstantOfShape of the rows is the same in each': [
    sized()
      .node('Concat', 'n two six', 'shape', {axis: 0n})
      .node('ConstantOfShape', 'shape', 'c')
      .node('Concat', 'c x', 'y', {axis: 1n}),
  ],
  'Expand of rows keeps them': [
    sized({shape: [4, 6]})
      .node('Expand', 'x shape', 'e')
      .node('Expand', 'e s', 'y'),
  ],
  'Expand of rows along an axis before them moves the batch': [
    sized({shape: [2, 1, 1, 1], zero: 0})
      .node('Expand', 'x shape', 'e')
      .node('Gather', 'e zero', 'y', {axis: 0n}),
  ],
  'Range over another axis is the same for all': [
    sized({zero: 0, one: 1})
      .node('Gather', 's one', 'length')
      .node('Range', 'zero length one', 'r')
      .node('Cast', 'r', 'f', {to: 1n})
      .node('Unsqueeze', 'f ones', 'u')
      .node('Add', 'x u', 'y'),
  ],
  'Expand that repeats rows is refused': [
    sized({shape: [5, 4, 6]})
      .node('ReduceMax', 'x', 'm', {axes: [1n]})
      .node('Expand', 'm shape', 'y'),
    /\(Expand\): it repeats the batch/,
  ],
  'Tile that repeats rows is refused': [
    sized({times: [2, 1, 1]}).node('Tile', 'x times', 'y'),
    /\(Tile\): it repeats the batch/,
  ],
  'Expand of what has a row for another number of requests is refused': [
    sized()
      .initializer('three', tensorOf('f32', [3, 1], [1, 2, 3]))
      .node('Concat', 'n six', 'shape', {axis: 0n})
      .node('Expand', 'three shape', 'y'),
    /\(Expand\): its data has values for a batch of its own/,
  ],
  'the number of requests twice in a shape is refused': [
    sized().node('Concat', 'n n', 'shape', {axis: 0n}).node('ConstantOfShape', 'shape', 'y'),
    /\(ConstantOfShape\): its shape has the number of requests in it more than once/,
  ],
});

function tensorOfOnes() {
  return tensorProto('', tensorOf('i64', [1], [1]));
}
