import test from 'ava';
import {withoutInitializers} from '../../../../src/network/without-initializers.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {runModel} from '../../../support/run-model.js';
import {tensorOf} from '../../../support/tensor-of.js';

test('a request brings what was an initializer, listed as an input or not', async t => {
  const model = new NetworkBuilder()
    .input('x', 'f32', [1])
    .overridable('a', tensorOf('f32', [1], [10]))
    .initializer('b', tensorOf('f32', [1], [100]))
    .initializer('c', tensorOf('f32', [1], [1000]))
    .node('Sum', 'x a b c', 'y')
    .output('y')
    .bytes();
  const feeds = new Map(['x', 'a', 'b'].map(name => [name, tensorOf('f32', [1], [1])] as const));
  const results = await runModel(withoutInitializers(model, ['a', 'b', 'unknown']), feeds);
  t.deepEqual([...(results.get('y')?.data ?? [])], [1003]);
});
