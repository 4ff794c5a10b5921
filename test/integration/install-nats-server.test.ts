import {execFile} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdir} from 'node:fs/promises';
import {createServer} from 'node:http';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import test, {type ExecutionContext} from 'ava';
import {findNatsServer} from '../../src/app/find-nats-server.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const script = fileURLToPath(new URL('../../../scripts/install-nats-server.mjs', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  list: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise(resolve => {
    const options = {env: {...process.env, ...env}, timeout: 60_000};
    execFile(process.execPath, [script, ...list], options, (error, stdout, stderr) => {
      resolve({code: Number(error?.code ?? 0), stdout, stderr});
    });
  });
}

/** An archive as the releases are: one program in a folder. */
function release(program: string): Buffer {
  const header = Buffer.alloc(512);
  header.write('nats-server-v1-linux-amd64/nats-server');
  header.write(program.length.toString(8).padStart(11, '0'), 124);
  const padding = Buffer.alloc(512 - (program.length % 512) + 1024);
  return gzipSync(Buffer.concat([header, Buffer.from(program), padding]));
}

async function serving(t: ExecutionContext, archive: Buffer): Promise<string> {
  const server = createServer((request, response) => {
    const known = /^\/nats-server-v[\d.]+-linux-\w+\.tar\.gz$/.test(request.url ?? '');
    response.writeHead(known ? 200 : 404).end(known ? archive : '');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as {port: number}).port}`;
}

test('a nats-server that is there is enough', async t => {
  const {code, stdout} = await run([]);
  t.is(code, 0);
  t.true(stdout.includes(`nats-server is at ${findNatsServer()}`));
});

test('a release with the right checksum is unpacked and found', async t => {
  const archive = release('#!/bin/sh\necho nats-server: v1\n');
  const url = await serving(t, archive);
  const cache = await temporaryFolder(t);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const {code, stdout} = await run(['--url', url, '--sha256', sha256], {XDG_CACHE_HOME: cache});
  t.is(code, 0);
  const program = join(cache, 'heterodyne', 'nats-server');
  t.true(stdout.includes(program));
  t.is(findNatsServer({env: {XDG_CACHE_HOME: cache, PATH: ''}, folders: []}), program);
  t.deepEqual(await readdir(dirname(program)), ['nats-server']);
});

test('a release with another checksum is refused and leaves nothing', async t => {
  const url = await serving(t, release('#!/bin/sh\n'));
  const folder = await temporaryFolder(t);
  const {code, stderr} = await run(['--url', url, '--folder', folder]);
  t.is(code, 1);
  t.regex(stderr, /expected a SHA-256 of/);
  t.regex(stderr, /apt-get install nats-server.*--servers/s);
  t.deepEqual(await readdir(folder), []);
});

test('an address that has no release is an error that names the ways out', async t => {
  const url = `${await serving(t, Buffer.alloc(0))}/nothing`;
  const closed = await run(['--url', 'http://127.0.0.1:1']);
  const absent = await run(['--url', url]);
  t.regex(absent.stderr, /404/);
  for (const {code, stderr} of [closed, absent]) {
    t.is(code, 1);
    t.regex(stderr, /No nats-server could be installed.*apt-get install.*--servers/s);
  }
});

test('nothing is found where there is nothing', async t => {
  const folder = await temporaryFolder(t);
  const env = {PATH: folder, XDG_CACHE_HOME: folder};
  t.is(findNatsServer({env, folders: []}), undefined);
});
