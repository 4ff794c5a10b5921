import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import type {BulkStore} from '../../src/ports/bulk-store.js';
import {countingBytes} from '../support/sample-tensors.js';

/** Opens a store whose blobs take at most `bytesMax`, and closes it when the test ends. */
export type OpenBulkStore = (t: ExecutionContext, bytesMax: number) => Promise<BulkStore>;

const mebibyte = 2 ** 20;

function bytesOf(count: number, salt = 0): Uint8Array {
  const bytes = countingBytes(count);
  if (count > 0) bytes[0] = salt;
  return bytes;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Pieces of uneven lengths, one of them empty. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, 10);
  yield new Uint8Array(0);
  for (let at = 10; at < bytes.length; at += 77_777) yield bytes.subarray(at, at + 77_777);
}

/** What every bulk store keeps. */
export function conformsToBulkStore(name: string, open: OpenBulkStore): void {
  const check = (title: string, run: (t: ExecutionContext, store: BulkStore) => Promise<void>) =>
    test(`${name}: ${title}`, async t => run(t, await open(t, 16 * mebibyte)));

  for (const count of [0, 1, 1000, 128 * 1024, 3 * mebibyte + 1]) {
    check(`${count} bytes come back by their digest`, async (t, store) => {
      const bytes = bytesOf(count);
      const ref = await store.put(bytes);
      t.deepEqual(ref, {digest: digestOf(bytes), bytes: count});
      t.is(Buffer.compare(await store.get(ref.digest), bytes), 0);
      t.is(Buffer.compare(await readFile(await store.file(ref.digest)), bytes), 0);
    });
  }

  check('content in pieces is the same blob as in one', async (t, store) => {
    const bytes = bytesOf(mebibyte + 17);
    const ref = await store.put(() => inPieces(bytes));
    t.deepEqual(ref, {digest: digestOf(bytes), bytes: bytes.length});
    t.is(Buffer.compare(await store.get(ref.digest), bytes), 0);
    t.deepEqual(await store.put(bytes), ref);
  });

  check('a store tells what it has', async (t, store) => {
    const bytes = bytesOf(100);
    t.false(await store.has(digestOf(bytes)));
    await store.put(bytes);
    t.true(await store.has(digestOf(bytes)));
  });

  check('the same content put many times at once is one blob', async (t, store) => {
    const bytes = bytesOf(mebibyte);
    const refs = await Promise.all(Array.from({length: 5}, () => store.put(bytes)));
    t.is(new Set(refs.map(ref => ref.digest)).size, 1);
    t.is(Buffer.compare(await store.get(digestOf(bytes)), bytes), 0);
  });

  check('what a caller changes afterwards changes no blob', async (t, store) => {
    // A Buffer's `slice` is no copy.
    for (const given of [bytesOf(100), Buffer.from(bytesOf(101))]) {
      const ref = await store.put(given);
      given.fill(9);
      const got = await store.get(ref.digest);
      got.fill(7);
      t.is(digestOf(await store.get(ref.digest)), ref.digest);
    }
  });

  check('a blob has one file, asked for many times at once', async (t, store) => {
    const {digest} = await store.put(bytesOf(mebibyte));
    const paths = await Promise.all(Array.from({length: 5}, () => store.file(digest)));
    t.is(new Set(paths).size, 1);
  });

  check('what is not there is refused', async (t, store) => {
    const absent = digestOf(bytesOf(5));
    for (const digest of [absent, '../../etc/passwd', '', absent.toUpperCase()]) {
      t.like(await t.throwsAsync(store.get(digest)), {code: 'INVALID_BLOB'}, digest);
      t.like(await t.throwsAsync(store.file(digest)), {code: 'INVALID_BLOB'}, digest);
    }
  });

  check('the oldest blobs make room for new ones', async (t, store) => {
    const blobs = Array.from({length: 6}, (_, salt) => bytesOf(4 * mebibyte, salt));
    for (const bytes of blobs) await store.put(bytes);
    const kept = await Promise.all(blobs.map(bytes => store.has(digestOf(bytes))));
    t.false(kept[0]);
    t.true(kept.at(-1));
    for (const [index, bytes] of blobs.entries()) {
      if (kept[index]) t.is(digestOf(await store.get(digestOf(bytes))), digestOf(bytes));
    }
  });

  check('a blob over the bound of the store is refused', async (t, store) => {
    const error = await t.throwsAsync(store.put(bytesOf(17 * mebibyte)));
    t.like(error, {code: 'PAYLOAD_TOO_LARGE'});
  });

  check('content that fails while it is read leaves no blob', async (t, store) => {
    const failing = async function* () {
      yield bytesOf(300_000);
      throw new Error('the disk is gone');
    };
    await t.throwsAsync(store.put(failing), {message: 'the disk is gone'});
    t.is((await store.put(bytesOf(1))).bytes, 1);
  });

  check('a closed store is unavailable', async (t, store) => {
    const {digest} = await store.put(bytesOf(1));
    await store.close();
    await store.close();
    for (const call of [() => store.put(bytesOf(2)), () => store.get(digest)]) {
      t.like(await t.throwsAsync(call()), {code: 'STORE_UNAVAILABLE'});
    }
    t.like(await t.throwsAsync(store.has(digest)), {code: 'STORE_UNAVAILABLE'});
  });
}
