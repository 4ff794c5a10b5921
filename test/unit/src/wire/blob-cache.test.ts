import {createHash} from 'node:crypto';
import {readdir, readFile, rm, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {BlobCache} from '../../../../src/wire/blob-cache.js';
import {countingBytes} from '../../../support/sample-tensors.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const bytes = countingBytes(100_000);
const digest = createHash('sha256').update(bytes).digest('hex');

class Source {
  fetches = 0;
  readonly #bytes: Uint8Array;

  constructor(content: Uint8Array = bytes) {
    this.#bytes = content;
  }

  fetch = (): AsyncIterable<Uint8Array> => {
    this.fetches += 1;
    return this.#pieces();
  };

  async *#pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.#bytes.length; at += 999) {
      // Another turn of the event loop, so that others get between.
      await new Promise(resolve => setImmediate(resolve));
      yield this.#bytes.subarray(at, at + 999);
    }
  }
}

test('a blob is fetched once by all caches of a folder, and by those to come', async t => {
  const folder = await temporaryFolder(t);
  const source = new Source();
  const caches = [new BlobCache(folder), new BlobCache(folder), new BlobCache(folder)];
  const asked = [...caches, ...caches].map(cache => cache.file(digest, source.fetch));
  const paths = await Promise.all(asked);
  t.deepEqual(new Set(paths), new Set([join(folder, digest)]));
  await new BlobCache(folder).file(digest, source.fetch);
  t.is(source.fetches, 1);
  t.deepEqual(await readdir(folder), [digest]);
  t.is(Buffer.compare(await readFile(join(folder, digest)), bytes), 0);
});

test('files that were asked for longest ago make room, and those of the last hour stay', async t => {
  const folder = await temporaryFolder(t);
  const cache = new BlobCache(folder, {bytesMax: 250_000});
  const contents = [bytes, ...[1, 2, 3].map(each => bytes.map(value => value ^ each))];
  const place = async (content: Uint8Array) => {
    const name = createHash('sha256').update(content).digest('hex');
    await cache.file(name, new Source(content).fetch);
    return name;
  };
  const age = (name: string, hours: number) => {
    const at = new Date(Date.now() - hours * 3_600_000);
    return utimes(join(folder, name), at, at);
  };
  const [first = '', second = '', third = ''] = [
    ...(await Promise.all(contents.slice(0, 3).map(place))),
  ];
  t.is((await readdir(folder)).length, 3, 'all of them are new');
  await age(first, 5);
  await age(second, 4);
  await age(third, 3);
  await place(bytes);
  const fourth = await place(contents[3] ?? bytes);
  t.deepEqual((await readdir(folder)).sort(), [first, fourth].sort());
});

test('who was suspended for so long that another took its lock, and goes on, harms nobody', async t => {
  const folder = await temporaryFolder(t);
  let begun = () => {};
  let goOn = () => {};
  const half = new Promise<void>(resolve => {
    begun = resolve;
  });
  const suspended = new Promise<void>(resolve => {
    goOn = resolve;
  });
  const first = new BlobCache(folder).file(digest, async function* () {
    yield bytes.subarray(0, 50_000);
    begun();
    await suspended;
    yield bytes.subarray(50_000);
  });
  await half;
  await utimes(join(folder, `${digest}.lock`), 0, 0);
  const second = new BlobCache(folder).file(digest, async function* () {
    yield bytes.subarray(0, 10_000);
    goOn();
    await first;
    yield bytes.subarray(10_000);
  });
  t.is(await first, join(folder, digest));
  t.is(Buffer.compare(await readFile(await first), bytes), 0);
  await second;
  t.is(Buffer.compare(await readFile(join(folder, digest)), bytes), 0);
});

test('a folder that could not be made is tried again', async t => {
  const inTheWay = join(await temporaryFolder(t), 'cache');
  await writeFile(inTheWay, '');
  const cache = new BlobCache(inTheWay);
  t.like(await t.throwsAsync(cache.file(digest, new Source().fetch)), {code: 'STORE_UNAVAILABLE'});
  await rm(inTheWay);
  t.is(await cache.file(digest, new Source().fetch), join(inTheWay, digest));
});

test('bytes of another digest leave no file, and the next fetch is a new one', async t => {
  const folder = await temporaryFolder(t);
  const cache = new BlobCache(folder);
  const wrong = new Source(countingBytes(5));
  t.like(await t.throwsAsync(cache.file(digest, wrong.fetch)), {code: 'INVALID_BLOB'});
  t.deepEqual(await readdir(folder), []);
  await t.notThrowsAsync(cache.file(digest, new Source().fetch));
});

test('a fetch that fails leaves no file and no lock', async t => {
  const folder = await temporaryFolder(t);
  const failing = () => {
    throw new Error('gone');
  };
  await t.throwsAsync(new BlobCache(folder).file(digest, failing), {message: 'gone'});
  t.deepEqual(await readdir(folder), []);
});

test('a file that has been changed is fetched again', async t => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, digest), 'something else');
  const source = new Source();
  const path = await new BlobCache(folder).file(digest, source.fetch);
  t.is(source.fetches, 1);
  t.is(Buffer.compare(await readFile(path), bytes), 0);
});

test('a file that was removed meanwhile is fetched again', async t => {
  const folder = await temporaryFolder(t);
  const [cache, source] = [new BlobCache(folder), new Source()];
  await rm(await cache.file(digest, source.fetch));
  await Promise.all([cache.file(digest, source.fetch), cache.file(digest, source.fetch)]);
  t.is(source.fetches, 2);
});

test('a lock whose holder has died is taken over', async t => {
  const folder = await temporaryFolder(t);
  const lock = join(folder, `${digest}.lock`);
  await writeFile(lock, '');
  const longAgo = new Date(Date.now() - 20_000);
  await utimes(lock, longAgo, longAgo);
  await new BlobCache(folder).file(digest, new Source().fetch);
  t.deepEqual(await readdir(folder), [digest]);
});

test('what nobody used for long is removed, with what a dead process left', async t => {
  const folder = await temporaryFolder(t);
  const names = ['0'.repeat(64), 'x.1.part', 'x.lock', 'young.1.part'];
  for (const name of names) {
    await writeFile(join(folder, name), '');
    const ageMs = name.startsWith('young') ? 0 : 31 * 24 * 3_600_000;
    const then = new Date(Date.now() - ageMs);
    await utimes(join(folder, name), then, then);
  }
  await new BlobCache(folder).file(digest, new Source().fetch);
  t.deepEqual((await readdir(folder)).sort(), [digest, 'young.1.part'].sort());
});
