import test from 'ava';
import {cpuBackend} from '../../../../devices/cpu/backend.js';
import {queryOperations} from '../../../../devices/onnxruntime/query-operations.js';
import type {OperationSupport} from '../../../../schemas/device.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

async function refusals(builder: NetworkBuilder): Promise<Record<string, string>> {
  const support = await queryOperations(cpuBackend, builder.bytes(), undefined);
  const refused = (each: OperationSupport) => (each.supported ? [] : [[each.name, each.reason]]);
  return Object.fromEntries(support.flatMap(refused));
}

/** An operation that nobody knows makes `b` of `a`. */
function unheard(): NetworkBuilder {
  return new NetworkBuilder()
    .input('x', 'f32', [2])
    .opset('nobody', 1)
    .node('Relu', 'x', 'a', {}, 'before')
    .node('nobody.Unheard', 'a', 'b', {}, 'unheard');
}

test('a kernel that does not exist for a type is the reason', async t => {
  const builder = new NetworkBuilder()
    .input('x', 'i64', [2])
    .node('Relu', 'x', 'a', {}, 'whole numbers')
    .node('Neg', 'a', 'y', {}, 'after')
    .output('y', 'i64', [2]);
  t.like(await refusals(builder), {
    'whole numbers': "Could not find an implementation for Relu(14) node with name 'whole numbers'",
  });
});

test('an operation after a refused one is tried with the type that the file declares', async t => {
  const builder = unheard().node('Neg', 'b', 'y', {}, 'after').output('b', 'f32', [2]).output('y');
  t.deepEqual(Object.keys(await refusals(builder)), ['unheard']);
});

test('an operation after a refused one of no declared type tells where the type is lost', async t => {
  const builder = unheard().node('Neg', 'b', 'y', {}, 'after').output('y');
  const reasons = await refusals(builder);
  t.deepEqual(Object.keys(reasons), ['unheard', 'after']);
  t.is(
    reasons['after'],
    'the type of its input b is not known: it comes from unheard, which is not supported',
  );
});

test('operations that pass a sequence on are tried together', async t => {
  const builder = unheard()
    .node('SequenceConstruct', 'x a', 's', {}, 'make')
    .node('SequenceInsert', 's x', 'longer', {}, 'insert')
    .node('SequenceAt', 'longer first', 'y', {}, 'take')
    .initializer('first', tensorOf('i64', [], [0]))
    .output('b', 'f32', [2])
    .output('y');
  t.deepEqual(Object.keys(await refusals(builder)), ['unheard']);
});

test('the bodies and local functions of an operation go with it', async t => {
  const body = new NetworkBuilder().node('Neg', 'p', 'q').output('q');
  const branch = (type: string) =>
    new NetworkBuilder().node(type, 'a', `of${type}`).output(`of${type}`).graph();
  const builder = unheard()
    .input('on', 'bool', [])
    .function('local.Negate', 'p', 'q', body)
    .node('local.Negate', 'x', 'y', {}, 'calls')
    .node('If', 'on', 'z', {then_branch: branch('Neg'), else_branch: branch('Abs')}, 'branches')
    .output('b', 'f32', [2])
    .output('y')
    .output('z');
  t.deepEqual(Object.keys(await refusals(builder)), ['unheard']);
});

test('a network that does not fit into the memory of a backend is refused whole', async t => {
  const model = unheard().output('b', 'f32', [2]).bytes();
  const small = {...cpuBackend, networkBytesMax: 64};
  for (const each of await queryOperations(small, model, undefined)) {
    t.regex(each.supported ? '' : each.reason, /too large: expected at most 1 MiB/);
  }
});
