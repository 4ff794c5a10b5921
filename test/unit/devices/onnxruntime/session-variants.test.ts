import test from 'ava';
import {cpuBackend} from '../../../../devices/cpu/backend.js';
import {describeSession} from '../../../../devices/onnxruntime/described-session.js';
import {SessionVariants} from '../../../../devices/onnxruntime/session-variants.js';
import {NetworkBuilder} from '../../../support/network-builder.js';

const model = new NetworkBuilder()
  .input('x', 'f32', [1])
  .node('Relu', 'x', 'y')
  .output('y')
  .bytes();

async function open() {
  const session = await cpuBackend.open(model, {
    ...{threads: 1, weightsFile: undefined, optimize: false},
  });
  return describeSession(session, () => new Set());
}

function variants() {
  const opened: string[] = [];
  const sessions = new SessionVariants(overridden => {
    opened.push(overridden.join());
    return open();
  });
  return {sessions, opened};
}

test('one session serves the same names in any order', async t => {
  const {sessions, opened} = variants();
  t.is(await sessions.session(['a', 'b']), await sessions.session(['b', 'a']));
  t.deepEqual(opened, ['a,b']);
});

test('the session that was used longest ago is released for a fifth', async t => {
  const {sessions, opened} = variants();
  for (const name of ['a', 'b', 'c', 'd', 'a', 'e', 'a']) await sessions.session([name]);
  t.deepEqual(opened, ['a', 'b', 'c', 'd', 'e']);
  await sessions.session(['b']);
  t.deepEqual(opened.slice(5), ['b']);
});

test('a session that cannot be opened is not kept', async t => {
  let fails = true;
  const sessions = new SessionVariants(async () => {
    if (fails) throw new Error('not now');
    return open();
  });
  await t.throwsAsync(sessions.session(['a']), {message: 'not now'});
  fails = false;
  t.deepEqual((await sessions.session(['a'])).session.inputNames, ['x']);
});
