import test from 'ava';
import type {ValueInfo} from '../../../../schemas/network-graph.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {withValues} from '../../../../src/network/with-values.js';
import {NetworkBuilder} from '../../../support/network-builder.js';

const known = readNetwork(
  new NetworkBuilder()
    .input('x', 'f32', ['n', '?', 3])
    .node('Relu', 'x', 'h')
    .node('Relu', 'h', 'y')
    .output('y', 'f32', [])
    .bytes(),
).graph;

const f32 = (shape: (number | string)[] | null): ValueInfo => ({
  kind: 'tensor',
  type: 'f32',
  shape,
});

function merged(name: string, info: ValueInfo): ValueInfo | undefined {
  return withValues(known, new Map([[name, info]])).values.get(name);
}

test('what was unknown is added', t => {
  t.deepEqual(merged('h', f32([2])), f32([2]));
  t.deepEqual(merged('h', {kind: 'other'}), {kind: 'other'});
});

test('a dimension stays as it was only where nothing more is known of it', t => {
  t.deepEqual(merged('x', f32([4, 'm', '?'])), f32([4, 'm', 3]));
  t.deepEqual(merged('x', f32(['?', '?', 'k'])), f32(['n', '?', 'k']));
});

test('a scalar that the file declares stays one where the rank is unknown', t => {
  t.deepEqual(merged('y', f32(null)), f32([]));
});

test('where the two disagree the later one is right', t => {
  t.deepEqual(merged('x', f32([1])), f32([1]));
  t.deepEqual(merged('x', {kind: 'tensor', type: 'i64', shape: null}), {
    ...{kind: 'tensor', type: 'i64', shape: null},
  });
});
