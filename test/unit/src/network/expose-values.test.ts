import test from 'ava';
import {exposeValues} from '../../../../src/network/expose-values.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {openSession} from '../../../support/run-model.js';

const network = readNetwork(
  new NetworkBuilder()
    .input('x', 'f32', ['n', 4])
    .node('Split', 'x', 'a b', {axis: 1n})
    .node('SequenceConstruct', 'a b', 's')
    .node('SequenceLength', 's', 'y')
    .output('y')
    .bytes(),
);

test('ONNX Runtime reports the type of every value', async t => {
  const session = await openSession(exposeValues(network));
  t.teardown(() => session.release());
  const types = session.outputMetadata.map(value =>
    value.isTensor ? [value.name, value.type, value.shape] : [value.name],
  );
  t.deepEqual(types, [
    ['y', 'int64', []],
    ['a', 'float32', ['n', 2]],
    ['b', 'float32', ['n', 2]],
    ['s'],
  ]);
});

test('values can be left out', t => {
  const {outputs} = readNetwork(exposeValues(network, new Set(['s', 'b'])));
  t.deepEqual(
    outputs.map(output => output.name),
    ['y', 'a'],
  );
});
