import {createHash} from 'node:crypto';
import {readdir} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import {connect, type JetStreamManager} from 'nats';
import type {BulkStore} from '../../src/ports/bulk-store.js';
import {openNatsBulkStore} from '../../src/wire/nats-bulk-store.js';
import {openNatsStateStore} from '../../src/wire/nats-state-store.js';
import {withNats} from '../support/nats.js';
import {countingBytes} from '../support/sample-tensors.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const cluster = 'stores';
const stream = `OBJ_hd_${cluster}_blobs`;

async function bulkStore(t: ExecutionContext, url: string, folder?: string): Promise<BulkStore> {
  const cacheFolder = folder ?? (await temporaryFolder(t));
  const store = await openNatsBulkStore({servers: [url], cluster, cacheFolder});
  t.teardown(() => store.close());
  return store;
}

async function manager(t: ExecutionContext, url: string): Promise<JetStreamManager> {
  const connection = await connect({servers: [url]});
  t.teardown(() => connection.close());
  return connection.jetstreamManager();
}

async function subjects(jetStream: JetStreamManager): Promise<Readonly<Record<string, number>>> {
  const {state} = await jetStream.streams.info(stream, {subjects_filter: '>'});
  return state.subjects ?? {};
}

test('a server without JetStream is no store, and the error says how to get one', async t => {
  const {url} = await withNats(t, {jetStream: false});
  const options = {servers: [url], cluster, cacheFolder: await temporaryFolder(t)};
  for (const opened of [openNatsBulkStore(options), openNatsStateStore(options)]) {
    const error = await t.throwsAsync(opened, {message: /nats-server -js/});
    t.like(error, {code: 'STORE_UNAVAILABLE'});
  }
});

test('what one process puts, another gets, and is not sent twice', async t => {
  const {url} = await withNats(t);
  const [one, other] = [await bulkStore(t, url), await bulkStore(t, url)];
  const bytes = countingBytes(3_000_000);
  let readings = 0;
  const content = async function* () {
    readings += 1;
    yield bytes;
  };
  const {digest} = await one.put(content);
  t.is(readings, 2, 'read to hash it, and to send it');
  t.is(Buffer.compare(await other.get(digest), bytes), 0);
  await other.put(content);
  t.is(readings, 3, 'read to hash it only');
});

test('the tools of NATS can read and delete what is stored', async t => {
  const {url} = await withNats(t);
  const store = await bulkStore(t, url);
  const bytes = countingBytes(1_000_000);
  const {digest} = await store.put(bytes);
  const connection = await connect({servers: [url]});
  t.teardown(() => connection.close());
  const objects = await connection.jetstream().views.os(`hd_${cluster}_blobs`);
  t.like(await objects.info(digest), {size: bytes.length, chunks: 2, deleted: false});
  t.is(Buffer.compare((await objects.getBlob(digest)) ?? new Uint8Array(0), bytes), 0);
  await objects.delete(digest);
  t.false(await store.has(digest));
  t.like(await t.throwsAsync(store.get(digest)), {code: 'INVALID_BLOB'});
  await store.put(bytes);
  t.is(Buffer.compare(await store.get(digest), bytes), 0);
});

test('content that changes while it is sent leaves nothing', async t => {
  const {url} = await withNats(t);
  const store = await bulkStore(t, url);
  let reading = 0;
  const changing = async function* () {
    yield countingBytes(1_000_000 + reading++);
  };
  t.like(await t.throwsAsync(store.put(changing)), {code: 'INVALID_BLOB'});
  t.deepEqual(await subjects(await manager(t, url)), {});
});

test('a blob whose chunks were lost or changed is refused', async t => {
  const {url} = await withNats(t);
  const folder = await temporaryFolder(t);
  const store = await bulkStore(t, url, folder);
  const jetStream = await manager(t, url);
  const lost = await store.put(countingBytes(1_000_000));
  await jetStream.streams.purge(stream, {filter: '$O.*.C.>', keep: 1});
  const changed = await store.put(countingBytes(10));
  const connection = await connect({servers: [url]});
  t.teardown(() => connection.close());
  const chunks = Object.entries(await subjects(jetStream)).filter(([name]) => name.includes('.C.'));
  for (const [subject] of chunks) {
    await jetStream.streams.purge(stream, {filter: subject});
    await connection.jetstream().publish(subject, countingBytes(11));
  }
  for (const {digest} of [lost, changed]) {
    t.like(await t.throwsAsync(store.get(digest)), {code: 'INVALID_BLOB'});
    t.like(await t.throwsAsync(store.file(digest)), {code: 'INVALID_BLOB'});
  }
  t.deepEqual(await readdir(folder), []);
});

test('blobs outlive the server that held them, and a store comes back with it', async t => {
  const storeDir = await temporaryFolder(t);
  const first = await withNats(t, {storeDir});
  const store = await bulkStore(t, first.url);
  const state = await openNatsStateStore({servers: [first.url], cluster});
  t.teardown(() => state.close());
  const bytes = countingBytes(2_000_000);
  const {digest} = await store.put(bytes);
  const revision = Number(await state.put('key', 'value', 0));
  await first.stop();
  const refusals = [store.has(digest), state.get('key')].map(call => t.throwsAsync(call));
  for (const refusal of refusals) t.like(await refusal, {code: 'STORE_UNAVAILABLE'});
  await withNats(t, {storeDir, port: first.port});
  // The client tries again by itself; a new store need not wait for that.
  const later = await bulkStore(t, first.url);
  t.is(
    createHash('sha256')
      .update(await later.get(digest))
      .digest('hex'),
    digest,
  );
  const stateLater = await openNatsStateStore({servers: [first.url], cluster});
  t.teardown(() => stateLater.close());
  t.deepEqual(await stateLater.get('key'), {value: 'value', revision});
});

test("what has no digest for a name is no blob, and is in nobody's way", async t => {
  const {url} = await withNats(t);
  const folder = await temporaryFolder(t);
  const bytesMax = 8_000_000;
  const store = await openNatsBulkStore({servers: [url], cluster, cacheFolder: folder, bytesMax});
  t.teardown(() => store.close());
  const connection = await connect({servers: [url]});
  t.teardown(() => connection.close());
  const objects = await connection.jetstream().views.os(`hd_${cluster}_blobs`);
  await objects.putBlob({name: 'notes'}, countingBytes(1_000_000));
  const refs = [];
  for (let i = 0; i < 5; i++) refs.push(await store.put(countingBytes(3_000_000 + i)));
  t.true(await store.has(refs.at(-1)?.digest ?? ''));
  t.false(await store.has(refs[0]?.digest ?? ''));
  t.like(await objects.info('notes'), {size: 1_000_000});
});

test('a server with little storage gets a smaller bucket', async t => {
  const storeDir = await temporaryFolder(t);
  const config = `jetstream {store_dir: "${storeDir}", max_file_store: 200MB}`;
  const {url} = await withNats(t, {jetStream: false, config});
  const store = await bulkStore(t, url);
  const {digest} = await store.put(countingBytes(1000));
  t.true(await store.has(digest));
  const {config: given} = await (await manager(t, url)).streams.info(stream);
  t.true(given.max_bytes > 60_000_000 && given.max_bytes <= 200_000_000);
});

test('buckets of several clusters leave each other storage, and are opened as they are', async t => {
  const storeDir = await temporaryFolder(t);
  const config = `jetstream {store_dir: "${storeDir}", max_file_store: 1GB}`;
  const {url} = await withNats(t, {jetStream: false, config});
  const cacheFolder = await temporaryFolder(t);
  const open = async (name: string) => {
    const store = await openNatsBulkStore({servers: [url], cluster: name, cacheFolder});
    t.teardown(() => store.close());
  };
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) await open(name);
  const {streams} = await manager(t, url);
  const sizes = async () => {
    const infos = await Promise.all(names.map(name => streams.info(`OBJ_hd_${name}_blobs`)));
    return infos.map(({config: given}) => given.max_bytes / 2 ** 20);
  };
  t.deepEqual(await sizes(), [512, 256, 128, 64]);
  for (const name of names) await open(name);
  t.deepEqual(await sizes(), [512, 256, 128, 64]);
});

test('a server with hardly any storage is no store, and the error says how much it takes', async t => {
  const storeDir = await temporaryFolder(t);
  const config = `jetstream {store_dir: "${storeDir}", max_file_store: 10MB}`;
  const {url} = await withNats(t, {jetStream: false, config});
  const opened = openNatsBulkStore({servers: [url], cluster, cacheFolder: storeDir});
  await t.throwsAsync(opened, {
    code: 'STORE_UNAVAILABLE',
    message: /67108864 bytes.*max_file_store/,
  });
});

test('a value larger than a message is refused', async t => {
  const {url} = await withNats(t);
  const state = await openNatsStateStore({servers: [url], cluster});
  t.teardown(() => state.close());
  const error = await t.throwsAsync(state.put('key', 'x'.repeat(2_000_000), 0));
  t.like(error, {code: 'PAYLOAD_TOO_LARGE'});
});

test('of two stores that replace one revision, one does', async t => {
  const {url} = await withNats(t);
  const open = () => openNatsStateStore({servers: [url], cluster});
  const stores = await Promise.all([open(), open()]);
  for (const store of stores) t.teardown(() => store.close());
  const revisions = await Promise.all(stores.map((store, index) => store.put('lease', index, 0)));
  t.is(revisions.filter(revision => revision !== undefined).length, 1);
});
