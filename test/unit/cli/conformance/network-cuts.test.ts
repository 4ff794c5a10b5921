import test from 'ava';
import {networkCuts} from '../../../../src/cli/conformance/network-cuts.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

function cutsOf(network: NetworkBuilder) {
  return networkCuts(readNetwork(network.bytes()).graph).map(({label, first}) => [
    label,
    [...first].map(([name, isFirst]) => `${name}${isFirst ? '1' : '2'}`).join(' '),
  ]);
}

test('a chain is cut at every edge, then at all of them', t => {
  const chain = new NetworkBuilder()
    .input('x', 'f32', [1])
    .node('Abs', 'x', 'a', {}, 'a')
    .node('Neg', 'a', 'b', {}, 'b')
    .node('Exp', 'b', 'y', {}, 'y')
    .output('y');
  t.deepEqual(cutsOf(chain), [
    ["before 'b'", 'a1 b2 y2'],
    ["before 'y'", 'a1 b1 y2'],
    ['at every operation', 'a1 b2 y1'],
  ]);
});

test('constants and what no output needs are not cut off', t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', [1])
    .initializer('w', tensorOf('f32', [1], [2]))
    .node('Neg', 'w', 'c', {}, 'constant')
    .node('Add', 'x c', 'y', {}, 'y')
    .node('Neg', 'y', 'unused', {}, 'unused')
    .node('Exp', 'y', 'z', {}, 'z')
    .output('z');
  t.deepEqual(cutsOf(network), [["before 'z'", 'y1 z2']]);
});

test('one operation cannot be cut', t => {
  const network = new NetworkBuilder().input('x', 'f32', [1]).node('Abs', 'x', 'y').output('y');
  t.deepEqual(cutsOf(network), []);
});
