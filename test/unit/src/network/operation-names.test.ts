import test from 'ava';
import {nodeProto} from '../../../../src/network/node-proto.js';
import {operationNames} from '../../../../src/network/operation-names.js';
import {withFields} from '../../../../src/network/with-fields.js';

function named(...names: readonly string[]): readonly string[] {
  return operationNames(names.map(name => withFields(nodeProto('com.acme.Fold', [], []), {name})));
}

test('a name of its own stays, and repeats are numbered', t => {
  t.deepEqual(named('a', 'b', 'a', 'a'), ['a', 'b', 'a#2', 'a#3']);
});

test('a node without a name is called by its type and position', t => {
  t.deepEqual(named('', 'a', ''), ['com.acme.Fold_0', 'a', 'com.acme.Fold_2']);
});

test('no made name takes one that is there, earlier or later', t => {
  t.deepEqual(named('a', 'a', 'a#2'), ['a', 'a#3', 'a#2']);
  t.deepEqual(named('', 'com.acme.Fold_0'), ['com.acme.Fold_0#2', 'com.acme.Fold_0']);
});

test('names that are unique already do not change', t => {
  const names = named('a', 'a', '', 'a#2', '');
  t.deepEqual(named(...names), names);
});
