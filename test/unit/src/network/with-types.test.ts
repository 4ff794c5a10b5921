import test from 'ava';
import {readNetwork} from '../../../../src/network/read-network.js';
import {withTypes} from '../../../../src/network/with-types.js';
import {writeModel} from '../../../../src/network/write-model.js';
import {NetworkBuilder} from '../../../support/network-builder.js';

const network = readNetwork(
  new NetworkBuilder()
    .input('x', 'f32', ['n', 4])
    .node('Cast', 'x', 'a', {to: 7n})
    .node('Abs', 'a', 'b')
    .node('SplitToSequence', 'b', 's')
    .node('SequenceLength', 's', 'y')
    .output('y', 'i64', [])
    .bytes(),
);

test('element types of what operations make are said, and no shapes; outputs stay as they are', t => {
  const model = withTypes(
    network,
    new Map([
      ['a', {kind: 'tensor', type: 'i64', shape: [2, 4]}],
      ['s', {kind: 'other'}],
      ['y', {kind: 'tensor', type: 'f32', shape: [1]}],
      ['nobody', {kind: 'tensor', type: 'f32', shape: [1]}],
    ]),
  );
  t.truthy(model);
  const {graph} = readNetwork(model === undefined ? new Uint8Array() : writeModel(model));
  t.deepEqual(graph.values.get('a'), {kind: 'tensor', type: 'i64', shape: null});
  t.deepEqual(graph.values.get('y'), {kind: 'tensor', type: 'i64', shape: []});
  t.deepEqual([...graph.values.keys()].sort(), ['a', 'x', 'y']);
});

test('what the file says already is not said again', t => {
  t.is(withTypes(network, new Map()), undefined);
  const known = new Map([['a', {kind: 'tensor', type: 'i64', shape: null}]] as const);
  const said = withTypes(network, known);
  t.truthy(said);
  if (said !== undefined) t.is(withTypes(readNetwork(writeModel(said)), known), undefined);
});
