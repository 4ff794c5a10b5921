import {batchNetwork, checkBatches, numbers} from '../../../../support/batch-case.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const on = () => batchNetwork('n').initializer('w', tensorOf('f32', [6, 6], numbers(36, 2)));

checkBatches({
  'Einsum whose operands share the letter of the batch keeps requests apart': [
    on()
      .node('Einsum', 'x w', 'a', {equation: 'nij, jk -> nik'})
      .node('Einsum', 'x a', 'b', {equation: 'nij,nkj->ikn'})
      .node('Einsum', 'b', 'y', {equation: 'ikn->nki'}),
  ],
  'Einsum that sums over the batch is refused': [
    on().node('Einsum', 'x x', 's', {equation: 'nij,nij->j'}).node('Add', 'x s', 'y'),
    /\(Einsum\): it sums over the batch/,
  ],
  'Einsum of each request with all others is refused': [
    on()
      .node('Einsum', 'x x', 's', {equation: 'nij,mij->nm'})
      .node('ReduceMax', 's', 'y', {axes: [1n]}),
    /\(Einsum\): it aligns the batch with another axis/,
  ],
  'Einsum that takes the batch of one for an axis of weights is refused': [
    batchNetwork(1)
      .initializer('w', tensorOf('f32', [1, 6], numbers(6, 2)))
      .node('Einsum', 'x w', 'y', {equation: 'nij,nj->nij'}),
    /\(Einsum\): it aligns the batch with another axis/,
  ],
  'Einsum that leaves axes unsaid is refused': [
    on().node('Einsum', 'x w', 'y', {equation: '...j,jk->...k'}),
    /\(Einsum\): its equation does not say where the batch goes/,
  ],
});
