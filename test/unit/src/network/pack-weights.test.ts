import test from 'ava';
import {packWeights} from '../../../../src/network/pack-weights.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {externalNetwork} from '../../../support/external-network.js';

test('external tensors, those of bodies too, become initializers over one file', t => {
  const {model, weights} = packWeights(readNetwork(externalNetwork().bytes));
  const {graph} = readNetwork(model);
  t.deepEqual([...graph.initializers.keys()], ['a', 'again', 'b/lifted', 'c/lifted']);
  const branch = graph.operations.find(({type}) => type === 'If');
  t.deepEqual(branch?.inputs, ['on', 'k', 'b/lifted', 'c/lifted']);
  t.deepEqual(
    weights.map(({location}) => location),
    ['a.bin', 'folder/b.bin'],
  );
});
