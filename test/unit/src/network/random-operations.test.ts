import test from 'ava';
import {InferenceError} from '../../../../src/errors.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

function randomOf(builder: NetworkBuilder): readonly boolean[] {
  return readNetwork(builder.bytes()).graph.operations.map(operation => operation.random);
}

const start = () => new NetworkBuilder().input('x', 'f32', [2]);

test('an operation that draws is random, its consumers are not', t => {
  const builder = start().node('RandomNormalLike', 'x', 'a').node('Add', 'x a', 'y').output('y');
  t.deepEqual(randomOf(builder), [true, false]);
});

test('Dropout is random only where it may train', t => {
  const builder = start()
    .input('train', 'bool', [])
    .initializer('off', tensorOf('bool', [], [false]))
    .initializer('on', tensorOf('bool', [], [true]))
    .overridable('maybe', tensorOf('bool', [], [false]))
    .node('Dropout', 'x', 'a')
    .node('Dropout', 'x - off', 'b')
    .node('Dropout', 'x - on', 'c')
    .node('Dropout', 'x - train', 'd')
    .node('Dropout', 'x - maybe', 'e')
    .output('e');
  t.deepEqual(randomOf(builder), [false, false, true, true, true]);
});

test('a body or a function that draws makes its operation random', t => {
  const draws = new NetworkBuilder().node('RandomUniformLike', 'x', 'p').output('p');
  const plain = new NetworkBuilder().node('Neg', 'x', 'q').output('q');
  const builder = start()
    .function('local.Draw', 'a', 'b', new NetworkBuilder().node('Bernoulli', 'a', 'b'))
    .function('local.Call', 'a', 'b', new NetworkBuilder().node('local.Draw', 'a', 'b'))
    .function('local.Plain', 'a', 'b', new NetworkBuilder().node('Neg', 'a', 'b'))
    .input('on', 'bool', [])
    .node('If', 'on', 'y', {then_branch: draws.graph(), else_branch: plain.graph()})
    .node('If', 'on', 'z', {then_branch: plain.graph(), else_branch: plain.graph()})
    .node('local.Call', 'x', 'c')
    .node('local.Plain', 'x', 'd')
    .output('y');
  t.deepEqual(randomOf(builder), [true, false, true, false]);
});

test('a function that calls itself is refused', t => {
  const again = new NetworkBuilder().node('local.Again', 'a', 'b');
  const builder = start()
    .function('local.Again', 'a', 'b', again)
    .node('local.Again', 'x', 'y')
    .output('y');
  const error = t.throws(() => readNetwork(builder.bytes()), {instanceOf: InferenceError});
  t.is(error.code, 'INVALID_NETWORK');
  t.regex(error.message, /function "Again" calls itself/);
});

test('a chain of functions deeper than the call stack is refused', t => {
  const builder = start();
  for (let index = 0; index < 20_000; index++) {
    const next = new NetworkBuilder().node(`local.F${index + 1}`, 'a', 'b');
    builder.function(`local.F${index}`, 'a', 'b', next);
  }
  builder.node('local.F0', 'x', 'y').output('y');
  const error = t.throws(() => readNetwork(builder.bytes()), {instanceOf: InferenceError});
  t.is(error.code, 'INVALID_NETWORK');
  t.regex(error.message, /nested more than 64 deep/);
});
