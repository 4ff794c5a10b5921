import {randomUUID} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {mkdir, open, readdir, rename, rm, stat, utimes} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {InferenceError} from '../errors.js';
import {BlobMeter, brokenBlob, checkDigest} from './blob-content.js';
import {evictFiles} from './evict-files.js';

const lockTouchedMs = 2_000;
/** A lock whose holder has not touched it for this long belongs to nobody. */
const lockStaleMs = 15_000;
const lockPollMs = 50;
/** Files that no process asked for in this time are removed. */
const unusedMs = 30 * 24 * 3_600_000;
const defaultBytesMax = 64 * 2 ** 30;
/** A file that was asked for so lately may not have been read yet. */
const freshMs = 3_600_000;

export interface BlobCacheOptions {
  /** Bytes of all files of the folder: what was asked for longest ago makes room. */
  readonly bytesMax?: number;
}

/** Opens the bytes of a blob. */
export type FetchBlob = () => AsyncIterable<Uint8Array>;

/**
 * Blobs in files of a folder, which the processes of a host share: each is fetched by one of them
 * and checked against its digest before it gets its name, and again by each process that uses it.
 */
export class BlobCache {
  readonly #folder: string;
  readonly #evict: () => Promise<void>;
  readonly #files = new Map<string, Promise<string>>();
  #ready: Promise<void> | undefined;

  constructor(folder: string, {bytesMax = defaultBytesMax}: BlobCacheOptions = {}) {
    this.#folder = folder;
    this.#evict = () => evictFiles(folder, {name: /^[0-9a-f]{64}$/, bytesMax, freshMs});
  }

  /**
   * Rejects as `fetch` does, with InferenceError INVALID_BLOB for bytes of another digest, and with
   * STORE_UNAVAILABLE where files cannot be written or read: a full disk is so for a while.
   */
  async file(digest: string, fetch: FetchBlob): Promise<string> {
    checkDigest(digest);
    const known = this.#files.get(digest);
    if (known !== undefined && (await touched(await known))) return known;
    if (this.#files.get(digest) !== known) return this.file(digest, fetch);
    const placed = this.#place(digest, fetch).catch(error => {
      throw InferenceError.from(error, 'STORE_UNAVAILABLE');
    });
    this.#files.set(digest, placed);
    placed.catch(() => this.#files.delete(digest));
    return placed;
  }

  async #place(digest: string, fetch: FetchBlob): Promise<string> {
    await this.#prepared();
    const path = join(this.#folder, digest);
    while (!(await holds(path, digest)) && !(await placedAlone(path, digest, fetch))) {
      await delay(lockPollMs);
    }
    await touched(path);
    await this.#evict();
    return path;
  }

  /** What stands in the way (a full disk) may be gone at the next try. */
  #prepared(): Promise<void> {
    this.#ready ??= prepare(this.#folder).catch(error => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }
}

async function prepare(folder: string): Promise<void> {
  await mkdir(folder, {recursive: true, mode: 0o700});
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const ageMs = await ageOf(path);
    const partial = name.endsWith('.part') || name.endsWith('.lock');
    if (ageMs > (partial ? lockStaleMs * 4 : unusedMs)) await rm(path, {force: true});
  }
}

/** False if another process is at it. */
async function placedAlone(path: string, digest: string, fetch: FetchBlob): Promise<boolean> {
  const lock = await lockOf(path);
  if (lock === undefined) return false;
  try {
    // Another process may have placed it between the look and the lock.
    if (!(await holds(path, digest))) await download(path, digest, fetch);
    return true;
  } finally {
    await lock.release();
  }
}

async function download(path: string, digest: string, fetch: FetchBlob): Promise<void> {
  // No other name will do: a lock may be taken from who was suspended, by a process of the same id in
  // another container or by another cache of this process.
  const partial = `${path}.${randomUUID()}.part`;
  const meter = new BlobMeter();
  try {
    const file = await open(partial, 'w', 0o600);
    try {
      for await (const bytes of fetch()) {
        meter.add(bytes);
        await file.write(bytes);
      }
    } finally {
      await file.close();
    }
    const ref = meter.ref();
    if (ref.digest !== digest) throw brokenBlob(digest, ref);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, {force: true});
    throw error;
  }
}

/** Whether the file is there and is the blob; one that is another is removed. */
async function holds(path: string, digest: string): Promise<boolean> {
  if (!(await exists(path))) return false;
  const meter = new BlobMeter();
  for await (const bytes of createReadStream(path, {highWaterMark: 2 ** 20})) meter.add(bytes);
  if (meter.ref().digest === digest) return true;
  await rm(path, {force: true});
  return false;
}

/** The right to fetch a blob; undefined if another process has it. */
async function lockOf(path: string): Promise<{release(): Promise<void>} | undefined> {
  const lock = `${path}.lock`;
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if ((await ageOf(lock)) > lockStaleMs) await rm(lock, {force: true});
    return undefined;
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, lockTouchedMs);
  return {
    release: async () => {
      clearInterval(touching);
      await rm(lock, {force: true});
    },
  };
}

/** Milliseconds since a file changed; 0 if it is gone. */
async function ageOf(path: string): Promise<number> {
  const changed = await stat(path).catch(() => undefined);
  return changed === undefined ? 0 : Date.now() - changed.mtimeMs;
}

/** False if it is gone. */
async function touched(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
