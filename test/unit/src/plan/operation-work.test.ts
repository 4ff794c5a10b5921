import test from 'ava';
import {readNetwork} from '../../../../src/network/read-network.js';
import {withValues} from '../../../../src/network/with-values.js';
import {operationWork} from '../../../../src/plan/operation-work.js';
import {inferValues} from '../../../support/infer-values.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

test('convolutions and products count what they multiply, others their elements', async t => {
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [1, 2, 6, 6])
      .initializer('w', tensorOf('f32', [4, 2, 3, 3]))
      .initializer('dense', tensorOf('f32', [64, 5]))
      .node('Conv', 'x w', 'c', {}, 'conv')
      .node('Relu', 'c', 'r', {}, 'relu')
      .node('Flatten', 'r', 'f', {}, 'flatten')
      .node('MatMul', 'f dense', 'y', {}, 'product')
      .node('Transpose', 'y', 'yt', {perm: [1n, 0n]}, 'turn')
      .node('MatMul', 'y yt', 'z', {}, 'both')
      .output('z', 'f32', [1, 1])
      .bytes(),
  );
  const work = operationWork(withValues(network.graph, await inferValues(network)));
  t.is(work.get('conv'), 4 * 4 * 4 * 2 * 3 * 3);
  t.is(work.get('relu'), 64 + 64);
  t.is(work.get('product'), 64 * 5);
  t.is(work.get('both'), 5);
});
