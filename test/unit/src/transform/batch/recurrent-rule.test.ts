import {batchNetwork, checkBatches, numbers} from '../../../../support/batch-case.js';
import {tensorOf} from '../../../../support/tensor-of.js';

/** Sequences [4, n, 6] and weights of an LSTM of 2. */
function lstm(first: number | string) {
  return batchNetwork(first, {zeros: [0], ones: [1], twos: [2]})
    .initializer('w', tensorOf('f32', [1, 8, 6], numbers(48, 1)))
    .initializer('r', tensorOf('f32', [1, 8, 2], numbers(16, 2)))
    .node('Transpose', 'x', 't', {perm: [1n, 0n, 2n]})
    .node('Shape', 'x', 's')
    .node('Slice', 's zeros ones', 'n');
}

const size = {hidden_size: 2n};

checkBatches({
  'LSTM whose states begin with zeros for each row keeps requests apart': [
    lstm('n')
      .node('Concat', 'ones n twos', 'shape', {axis: 0n})
      .node('ConstantOfShape', 'shape', 'h')
      .node('LSTM', 't w r - - h h', 'all last cell', size)
      .node('Squeeze', 'last zeros', 'y'),
  ],
  'LSTM that gives all steps keeps requests apart': [
    lstm('n')
      .node('LSTM', 't w r', 'all', size)
      .node('Transpose', 'all', 'y', {perm: [2n, 0n, 1n, 3n]}),
  ],
  'LSTM along the batch is refused': [
    lstm('n').node('LSTM', 'x w r', 'all', size).node('Squeeze', 'all ones', 'y'),
    /\(LSTM\): it works along the batch/,
  ],
  'LSTM whose states are for one row only is refused': [
    lstm(1)
      .initializer('h', tensorOf('f32', [1, 1, 2], [1, 2]))
      .node('LSTM', 't w r - - h h', 'all last', size)
      .node('Squeeze', 'last zeros', 'y'),
    /\(LSTM\): it begins with states or lengths that are not those of its rows/,
  ],
});
