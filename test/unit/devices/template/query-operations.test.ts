import test from 'ava';
import {operationTable} from '../../../../devices/template/operation-table.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {queryOperations} from '../../../../src/plugin/graph/query-operations.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

/** Why each operation of a network is refused; empty where it is not. */
function reasons(builder: NetworkBuilder): readonly string[] {
  const support = queryOperations(operationTable, readNetwork(builder.bytes()));
  return support.map(each => (each.supported ? '' : each.reason));
}

test('an operation without a kernel is refused with the nearest that has one', t => {
  const [reason] = reasons(
    new NetworkBuilder().input('x', 'f32', [2]).node('Rleu', 'x', 'y').output('y'),
  );
  t.is(reason, 'there is no kernel for Rleu; did you mean Relu?');
});

test('an operator set that is too old, or not known yet, is refused', t => {
  const add = (opset: number) =>
    new NetworkBuilder()
      .opset('', opset)
      .input('x', 'f32', [2])
      .node('Add', 'x x', 'y')
      .output('y');
  t.is(reasons(add(6))[0], 'Add: expected an operator set from 7 to 25, given 6');
  t.is(reasons(add(99))[0], 'Add: expected an operator set from 7 to 25, given 99');
  t.is(reasons(add(7))[0], '');
});

test('an element type that a kernel does not take is refused', t => {
  const builder = new NetworkBuilder().input('x', 'u16', [2]).node('Relu', 'x', 'y').output('y');
  t.is(reasons(builder)[0], 'Relu: input 0: expected f32, f64, f16, given u16');
});

test('two inputs that must be of one type and are not are refused', t => {
  const builder = new NetworkBuilder()
    .input('x', 'f32', [2])
    .input('z', 'f64', [2])
    .node('Add', 'x z', 'y')
    .output('y');
  t.is(reasons(builder)[0], 'Add: input 1: expected f32 as before, given f64');
});

test('an attribute that a kernel does not do is refused', t => {
  const builder = new NetworkBuilder()
    .input('x', 'f32', [1, 1, 4, 4])
    .initializer('scales', tensorOf('f32', [4], [1, 1, 2, 2]))
    .node('Resize', 'x - scales', 'y', {antialias: 1n})
    .initializer('w', tensorOf('f32', [1], [1]))
    .node('BatchNormalization', 'x w w w w', 'z mean')
    .output('y')
    .output('z');
  t.deepEqual(reasons(builder), [
    'antialias: expected 0, given 1',
    'running mean and variance: expected the first output only',
  ]);
});

test('an input or an output too many, and one that is missing, are refused', t => {
  const builder = new NetworkBuilder()
    .input('x', 'f32', [2])
    .node('Relu', 'x x', 'a')
    .node('Add', 'x', 'b')
    .node('Relu', 'x', 'c d')
    .output('a')
    .output('b')
    .output('c');
  t.deepEqual(reasons(builder), [
    'Relu: expected at most 1 inputs, given 2',
    'Add: input 1 is missing',
    'expected at most 1 outputs',
  ]);
});

test('what follows a refused operation is judged by what the file says of its type', t => {
  const chain = () =>
    new NetworkBuilder().input('x', 'f32', [2]).node('Unheard', 'x', 'h').node('Relu', 'h', 'y');
  const [, untold] = reasons(chain().output('y'));
  t.is(untold, 'the element type of its input h is not known, or does not travel');
  const [, told] = reasons(chain().output('y').output('h', 'f32', [2]));
  t.is(told, '');
});
