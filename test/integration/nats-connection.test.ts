import {execFile} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {createServer, type Server, type Socket} from 'node:net';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {nkeys} from 'nats';
import {systemTimers} from '../../src/app/system-world.js';
import type {InferenceError} from '../../src/errors.js';
import type {Transport, TransportStatus} from '../../src/ports/transport.js';
import type {NatsOptions} from '../../src/wire/nats-options.js';
import {connectNats} from '../../src/wire/nats-transport.js';
import {Sequence} from '../support/inbox.js';
import {withNats} from '../support/nats.js';
import {temporaryFolder} from '../support/temporary-folder.js';

async function connected(
  t: ExecutionContext,
  options: Omit<NatsOptions, 'cluster'>,
): Promise<Transport> {
  const transport = await connectNats({cluster: 'c', timers: systemTimers, ...options});
  t.teardown(() => transport.close());
  return transport;
}

async function refusal(
  t: ExecutionContext,
  options: Omit<NatsOptions, 'cluster'>,
): Promise<InferenceError> {
  const error = await t.throwsAsync<InferenceError>(connected(t, options));
  t.is(error?.name, 'InferenceError');
  return error as InferenceError;
}

/** A server that greets with `greeting`, or never. */
async function otherServer(t: ExecutionContext, greeting?: string): Promise<number> {
  const server: Server = createServer(socket => {
    socket.on('error', () => undefined);
    if (greeting !== undefined) socket.write(greeting);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return (server.address() as {port: number}).port;
}

const secret = 'p4ss-w0rd';

test('without a server, the error names those tried and how to start one, and no secret', async t => {
  const silent = await otherServer(t);
  const other = await otherServer(t, 'HTTP/1.1 400 Bad Request\r\n\r\n');
  const servers = [
    `nats://me:${secret}@127.0.0.1:${silent}`,
    `nats://127.0.0.1:${other}`,
    'nats://127.0.0.1:1',
  ];
  const error = await refusal(t, {servers, connectTimeoutMs: 200});
  t.is(error.code, 'NO_SERVER');
  t.true(error.message.includes(`nats://127.0.0.1:${silent} (no answer in 200 ms)`));
  t.true(error.message.includes(`nats://127.0.0.1:${other} (it is no NATS server)`));
  t.true(error.message.includes('nats://127.0.0.1:1 (ECONNREFUSED)'));
  t.true(error.message.includes('nats-server -js'));
  t.false(JSON.stringify([error, error.stack, error.cause]).includes(secret));
});

test('of several servers, one that answers is enough', async t => {
  const silent = await otherServer(t);
  const {url} = await withNats(t);
  const transport = await connected(t, {
    servers: [`127.0.0.1:${silent}`, url],
    connectTimeoutMs: 5_000,
  });
  await t.notThrowsAsync(transport.flush());
});

test('a password is taken from options or the URL, and a wrong one is never shown', async t => {
  const config = `authorization {user: me, password: "${secret}"}`;
  const {url, port} = await withNats(t, {config});
  const host = `127.0.0.1:${port}`;
  await (await connected(t, {servers: [url], user: 'me', pass: secret})).flush();
  await (await connected(t, {servers: [`nats://me:${secret}@${host}`]})).flush();
  for (const wrong of [
    {servers: [`nats://me:x${secret}@${host}`]},
    {servers: [url], user: 'me', pass: `x${secret}`},
    {servers: [url]},
  ]) {
    const error = await refusal(t, wrong);
    t.is(error.code, 'INVALID_CONFIG_VALUE');
    t.true(error.message.includes(host));
    t.false(JSON.stringify([error, error.stack, error.cause]).includes(secret));
  }
});

test('a token is taken from options or the URL', async t => {
  const {url, port} = await withNats(t, {config: `authorization {token: "${secret}"}`});
  await (await connected(t, {servers: [url], token: secret})).flush();
  await (await connected(t, {servers: [`nats://${secret}@127.0.0.1:${port}`]})).flush();
  t.is((await refusal(t, {servers: [url]})).code, 'INVALID_CONFIG_VALUE');
});

test('a seed proves who connects', async t => {
  const user = nkeys.createUser();
  const config = `authorization {users: [{nkey: ${user.getPublicKey()}}]}`;
  const {url} = await withNats(t, {config});
  const nkeySeed = new TextDecoder().decode(user.getSeed());
  await (await connected(t, {servers: [url], nkeySeed})).flush();
  const other = new TextDecoder().decode(nkeys.createUser().getSeed());
  const error = await refusal(t, {servers: [url], nkeySeed: other});
  t.is(error.code, 'INVALID_CONFIG_VALUE');
  t.false(JSON.stringify([error, error.stack, error.cause]).includes(other));
});

/** As `nsc` writes it; a server would look at the JWT, which is none. */
function credentialsOf(jwt: string): string {
  const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
  return [
    '-----BEGIN NATS USER JWT-----',
    jwt,
    '------END NATS USER JWT------',
    '-----BEGIN USER NKEY SEED-----',
    seed,
    '------END USER NKEY SEED------',
    '',
  ].join('\n');
}

/** A server that shows what each connection shows it, and refuses as many of them as it is told to. */
async function gatekeeper(t: ExecutionContext) {
  const shown = new Sequence<string>();
  const sockets = new Set<Socket>();
  const gate = {refusals: 0};
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const info = {version: '2.9.10', proto: 1, headers: true, max_payload: 2 ** 20, nonce: 'abc'};
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on('data', data => {
      const proof = /"(?:jwt|pass)":"(\w+)"/.exec(data.toString())?.[1];
      if (proof === undefined) return;
      if (gate.refusals-- > 0) socket.end("-ERR 'Authorization Violation'\r\n");
      else socket.write('PONG\r\n');
      shown.add(proof);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const disconnect = () => {
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    disconnect();
    server.close();
  });
  return {port: (server.address() as {port: number}).port, shown, gate, disconnect};
}

test('a connection that is made again shows the credentials that are in the file then', async t => {
  const {port, shown, disconnect} = await gatekeeper(t);
  const credsFile = join(await temporaryFolder(t), 'user.creds');
  await writeFile(credsFile, credentialsOf('first'));
  await connected(t, {servers: [`127.0.0.1:${port}`], credsFile});
  t.is(await shown.next(), 'first');
  for (const [text, jwt] of [
    [credentialsOf('second'), 'second'],
    ['half a fi', 'second'],
  ] as const) {
    await writeFile(credsFile, text);
    disconnect();
    t.is(await shown.next(), jwt);
  }
});

test('a connection that was lost is tried again, however often it is refused', async t => {
  const {port, shown, gate, disconnect} = await gatekeeper(t);
  const transport = await connected(t, {
    servers: [`127.0.0.1:${port}`],
    user: 'me',
    pass: 'secret',
  });
  const statuses = new Sequence<TransportStatus>();
  transport.onStatus(status => statuses.add(status));
  gate.refusals = 4;
  disconnect();
  t.deepEqual(await statuses.take(2), ['disconnected', 'connected']);
  t.is((await shown.take(6)).length, 6);
});

test('options that cannot be are refused before anything is tried', async t => {
  for (const servers of [[], ['http://host:80'], [`nats://me:${secret}@`], ['']]) {
    const error = await refusal(t, {servers});
    t.is(error.code, 'INVALID_CONFIG_VALUE');
    t.false(error.message.includes(secret));
  }
  const cluster = connectNats({servers: ['127.0.0.1:1'], cluster: 'a.b', timers: systemTimers});
  t.like(await t.throwsAsync(cluster), {code: 'INVALID_CONFIG_VALUE'});
  const absent = {servers: [(await withNats(t)).url], credsFile: '/nowhere/user.creds'};
  t.is((await refusal(t, absent)).code, 'FILE_UNREADABLE');
});

test('a process that closed its connections ends by itself', async t => {
  const {url} = await withNats(t);
  const script = fileURLToPath(new URL('../support/use-nats-and-close.js', import.meta.url));
  const list = [script, url, await temporaryFolder(t)];
  const {stdout} = await promisify(execFile)(process.execPath, list, {timeout: 30_000});
  t.is(stdout, 'closed');
});
