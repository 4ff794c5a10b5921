import {fork} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {connect} from 'node:net';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {startNatsServer} from '../../../../src/app/start-nats-server.js';
import {withNats} from '../../../support/nats.js';

async function greeting(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [data] = await once(socket, 'data');
  socket.destroy();
  return String(data);
}

test('a server accepts connections on a free port and has JetStream', async t => {
  const [one, other] = await Promise.all([withNats(t), withNats(t)]);
  t.not(one.port, other.port);
  t.regex(await greeting(one.port), /^INFO .*"jetstream":true/);
});

test('a configuration reaches the server', async t => {
  const server = await withNats(t, {jetStream: false, config: 'max_payload: 65536'});
  const info = await greeting(server.port);
  t.regex(info, /"max_payload":65536/);
  t.notRegex(info, /"jetstream":true/);
});

test('a stopped server is gone', async t => {
  const server = await startNatsServer();
  await server.stop();
  await server.ended;
  t.throws(() => process.kill(server.pid, 0), {code: 'ESRCH'});
  await server.stop();
});

test('a server that ends by itself says so', async t => {
  const server = await withNats(t);
  process.kill(server.pid, 'SIGKILL');
  await server.ended;
  t.pass();
});

test('a configuration that the server refuses is in the error', async t => {
  const error = await t.throwsAsync(startNatsServer({config: 'no_such_setting: 1 {'}));
  t.like(error, {code: 'NO_SERVER'});
  t.regex(error?.message ?? '', /Parse error/);
});

test('a program that is none is reported', async t => {
  const executable = '/nowhere/nats-server';
  t.false(existsSync(executable));
  const error = await t.throwsAsync(startNatsServer({executable}));
  t.like(error, {code: 'NO_SERVER'});
});

test('a server ends when the process that started it is killed', async t => {
  const script = fileURLToPath(new URL('../../../support/start-nats-and-wait.js', import.meta.url));
  const parent = fork(script);
  t.teardown(() => parent.kill('SIGKILL'));
  const [port] = await once(parent, 'message');
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'data');
  parent.kill('SIGKILL');
  await once(socket, 'close');
  t.pass();
});
