import {spawnSync} from 'node:child_process';
import {mkdir, readdir, readFile, truncate, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {CacheKey, FillEntry} from '../../../../src/ports/compiled-cache.js';
import {DiskCache} from '../../../../src/wire/disk-cache.js';
import {recordedLog} from '../../../support/recorded-log.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const bytesMax = 2 ** 20;

async function opened(t: ExecutionContext, options: {readonly bytesMax?: number} = {}) {
  const folder = await temporaryFolder(t);
  const log = recordedLog();
  return {folder, log, cache: new DiskCache({folder, bytesMax, log, ...options})};
}

function keyOf(digit: string, section = ''): CacheKey {
  return {section, digest: digit.repeat(64)};
}

const key = keyOf('a');

function network(content: string, weights?: string): FillEntry {
  return async folder => {
    const weightsFile = weights === undefined ? undefined : join(folder, 'weights');
    if (weightsFile !== undefined) await writeFile(weightsFile, weights ?? '');
    await writeFile(join(folder, 'rubbish'), 'left behind by the plugin');
    return {content: new TextEncoder().encode(content), weightsFile};
  };
}

async function read(cache: DiskCache, at: CacheKey): Promise<readonly string[] | undefined> {
  const found = await cache.find(at);
  if (found === undefined) return undefined;
  const content = new TextDecoder().decode(found.content);
  if (found.weightsFile === undefined) return [content];
  return [content, await readFile(found.weightsFile, 'utf8')];
}

test('what is stored is found, with the weights beside it', async t => {
  const {cache, folder, log} = await opened(t);
  t.is(await cache.find(key), undefined);
  await cache.store(key, network('content', 'weights'));
  await cache.store(keyOf('b'), network('alone'));
  t.deepEqual(await readdir(join(folder, key.digest)), ['content', 'entry.json', 'weights.bin']);
  t.deepEqual(await read(cache, key), ['content', 'weights']);
  t.deepEqual(await read(cache, keyOf('b')), ['alone']);
  t.deepEqual(log.messages, []);
});

test('sections keep entries of the same digest apart', async t => {
  const {cache} = await opened(t);
  await cache.store(keyOf('a', 'mine'), network('mine'));
  t.is(await cache.find(key), undefined);
  await cache.store(key, network('common'));
  t.deepEqual(await read(cache, keyOf('a', 'mine')), ['mine']);
});

test('what is dropped is gone; what is not there can be dropped', async t => {
  const {cache, folder, log} = await opened(t);
  await cache.store(key, network('content'));
  await cache.drop(key);
  await cache.drop(key);
  t.is(await cache.find(key), undefined);
  t.deepEqual(await readdir(folder), []);
  t.deepEqual(log.messages, []);
});

test('who is slower to store the same leaves what is there', async t => {
  const {cache, folder, log} = await opened(t);
  await cache.store(key, network('first'));
  await cache.store(key, network('second'));
  t.deepEqual(await read(cache, key), ['first']);
  t.deepEqual(await readdir(folder), [key.digest]);
  t.deepEqual(log.messages, []);
});

test('a network that cannot be exported leaves nothing behind', async t => {
  const {cache, folder, log} = await opened(t);
  await cache.store(key, async () => undefined);
  t.deepEqual(await readdir(folder), []);
  t.deepEqual(log.messages, []);
});

type Spoil = (entry: string) => Promise<unknown>;

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

function describe(change: (description: Record<string, unknown>) => object): Spoil {
  return async entry => {
    const path = join(entry, 'entry.json');
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
  };
}

const spoils: Readonly<Record<string, Spoil>> = {
  'content with a flipped bit': entry => flip(join(entry, 'content')),
  'content that was cut short': entry => truncate(join(entry, 'content'), 3),
  'empty content': entry => truncate(join(entry, 'content'), 0),
  'weights with a flipped bit': entry => flip(join(entry, 'weights.bin')),
  'weights that were cut short': entry => truncate(join(entry, 'weights.bin'), 3),
  'a description that is no JSON': entry => truncate(join(entry, 'entry.json'), 20),
  'an empty description': entry => truncate(join(entry, 'entry.json'), 0),
  'a description of megabytes': entry => truncate(join(entry, 'entry.json'), 2 ** 21),
  'a description nested deep': entry => writeFile(join(entry, 'entry.json'), '['.repeat(4000)),
  'a newer version': describe(fields => ({...fields, version: 2})),
  'a foreign format': describe(fields => ({...fields, format: 'other'})),
  'the description of another entry': describe(fields => ({...fields, key: 'b'.repeat(64)})),
  'a length that lies': describe(fields => ({
    ...fields,
    content: {...(fields['content'] as object), bytes: 2 ** 40},
  })),
};

for (const [what, spoil] of Object.entries(spoils)) {
  test(`${what}: the entry is dropped, and made again`, async t => {
    const {cache, folder, log} = await opened(t);
    await cache.store(key, network('content', 'weights'));
    await spoil(join(folder, key.digest));
    t.is(await cache.find(key), undefined);
    t.deepEqual(log.messages, ['a cached network is unusable and is dropped']);
    t.deepEqual(await readdir(folder), []);
    await cache.store(key, network('content', 'weights'));
    t.deepEqual(await read(cache, key), ['content', 'weights']);
  });
}

test('an entry that a process died of, while it imported it, is dropped', async t => {
  const {cache, folder, log} = await opened(t);
  const entry = join(folder, key.digest);
  await cache.store(key, network('content'));
  await writeFile(join(entry, `opening-${process.ppid}`), '');
  t.deepEqual(await read(cache, key), ['content'], 'its parent is alive');
  t.true((await readdir(entry)).includes(`opening-${process.pid}`));
  await cache.opened(key);
  t.false((await readdir(entry)).includes(`opening-${process.pid}`));
  const {pid: dead} = spawnSync(process.execPath, ['--version']);
  await writeFile(join(entry, `opening-${dead}`), '');
  t.is(await cache.find(key), undefined);
  t.deepEqual(await readdir(folder), []);
  t.is(log.messages.length, 1);
});

test('a folder that is no entry does not stay in the way of one', async t => {
  const {cache, folder} = await opened(t);
  await mkdir(join(folder, key.digest));
  t.is(await cache.find(key), undefined);
  await cache.store(key, network('content'));
  t.deepEqual(await read(cache, key), ['content']);
});

test('what was used longest ago makes room', async t => {
  const {cache, folder} = await opened(t, {bytesMax: 3 * 5000});
  for (const [age, digit] of ['a', 'b', 'c'].entries()) {
    await cache.store(keyOf(digit), network(digit));
    const entry = join(folder, keyOf(digit).digest);
    const then = new Date(Date.now() - 60_000 * (10 - age));
    for (const name of await readdir(entry)) await utimes(join(entry, name), then, then);
  }
  t.deepEqual(await read(cache, keyOf('a')), ['a']);
  await cache.store(keyOf('d', 'section'), network('d'));
  t.deepEqual((await readdir(folder)).sort(), [
    ...[keyOf('a').digest, keyOf('c').digest],
    'section',
  ]);
  t.deepEqual(await read(cache, keyOf('d', 'section')), ['d']);
});

test('a network larger than the whole cache is not kept, and drops nothing', async t => {
  const {cache, log} = await opened(t, {bytesMax: 10_000});
  await cache.store(key, network('small'));
  await cache.store(keyOf('b'), network('x'.repeat(10_000)));
  t.deepEqual(log.messages, ['a compiled network could not be cached']);
  t.is(await cache.find(keyOf('b')), undefined);
  t.deepEqual(await read(cache, key), ['small']);
});

test("other people's files in the folder are left alone", async t => {
  const {cache, folder} = await opened(t, {bytesMax: 0});
  await writeFile(join(folder, 'thesis.txt'), 'x'.repeat(10_000));
  await mkdir(join(folder, 'photos'));
  await writeFile(join(folder, 'photos', 'cat.png'), 'meow');
  await cache.store(key, network('content'));
  t.deepEqual((await readdir(folder)).sort(), ['photos', 'thesis.txt']);
  t.deepEqual(await readdir(join(folder, 'photos')), ['cat.png']);
});

test('what a dead process left behind is swept away, what a live one writes is not', async t => {
  const {cache, folder} = await opened(t);
  const [old, fresh] = [join(folder, '.part-old'), join(folder, '.part-fresh')];
  for (const part of [old, fresh]) await mkdir(part);
  await utimes(old, new Date(0), new Date(Date.now() - 24 * 3_600_000));
  await cache.store(key, network('content'));
  t.deepEqual((await readdir(folder)).sort(), ['.part-fresh', key.digest]);
});

const whereDevicesLie = process.platform === 'linux' ? test : test.skip;

whereDevicesLie('a full disk is logged, and nothing is left behind', async t => {
  const {cache, folder, log} = await opened(t);
  await cache.store(key, async into => {
    await writeFile(join(into, 'half'), 'of it');
    await writeFile('/dev/full', new Uint8Array(2 ** 16));
    return {content: new Uint8Array(), weightsFile: undefined};
  });
  t.deepEqual(log.messages, ['a compiled network could not be cached']);
  t.deepEqual(await readdir(folder), []);
});

test('a folder that cannot be made is logged, and nothing is found in it', async t => {
  const folder = join(await temporaryFolder(t), 'file');
  await writeFile(folder, 'no folder');
  const log = recordedLog();
  const cache = new DiskCache({folder, bytesMax, log});
  await cache.store(key, network('content'));
  t.is(await cache.find(key), undefined);
  t.true(log.messages.includes('a compiled network could not be cached'));
});

test('weights that lie outside the folder that was given are not taken from there', async t => {
  const {cache, log} = await opened(t);
  const precious = join(await temporaryFolder(t), 'precious');
  await writeFile(precious, 'weights');
  await cache.store(key, async () => ({content: new Uint8Array(1), weightsFile: precious}));
  t.is(await readFile(precious, 'utf8'), 'weights');
  t.is(await cache.find(key), undefined);
  t.deepEqual(log.messages, ['a compiled network could not be cached']);
});
