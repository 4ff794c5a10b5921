import {constants} from 'node:buffer';
import {InferenceError} from '../errors.js';
import type {BlobRef, BulkStore} from '../ports/bulk-store.js';
import {BlobBucket} from './blob-bucket.js';
import {BlobCache} from './blob-cache.js';
import {absentBlob, type BlobContent, blobRefOf, brokenBlob, checkDigest} from './blob-content.js';
import type {BlobEntry} from './blob-entry.js';
import {JetStream, type JetStreamStoreOptions, jetStreamCode, storageType} from './jet-stream.js';

export interface NatsBulkStoreOptions extends JetStreamStoreOptions {
  /** Where `file` keeps files, for all processes of the host. */
  readonly cacheFolder: string;
  /**
   * Bytes of all blobs; the oldest make room for a new one. Counts for whoever opens the store of a
   * cluster first; less is taken where the server allows less.
   */
  readonly bytesMax?: number;
}

const defaultBytesMax = 64 * 2 ** 30;
const leastBytesMax = 64 * 2 ** 20;
/** The server has not as much storage as a bucket asks for. */
const insufficientStorage: readonly number[] = [10_047, 10_028];

/**
 * A bulk store in the JetStream object store bucket `hd_<cluster>_blobs`, on a connection of its
 * own: messages are not to wait behind blobs. Rejects as JetStream.open does.
 */
export async function openNatsBulkStore(options: NatsBulkStoreOptions): Promise<BulkStore> {
  const jetStream = await JetStream.open(options);
  const name = `hd_${options.cluster}_blobs`;
  try {
    await createBucket(jetStream, name, options);
    const bucket = new BlobBucket(jetStream, name);
    return new NatsBulkStore(jetStream, bucket, new BlobCache(options.cacheFolder));
  } catch (error) {
    await jetStream.close();
    throw error;
  }
}

/**
 * A server reserves what a bucket may grow to. One that has too little gives the largest half, quarter,
 * ... of it that it has, and gets half of that back: a bucket does not leave others without.
 */
async function createBucket(
  jetStream: JetStream,
  name: string,
  options: NatsBulkStoreOptions,
): Promise<void> {
  const bytesMax = options.bytesMax ?? defaultBytesMax;
  let givenBytes = bytesMax;
  while (!(await isCreated(jetStream, name, {...options, bytesMax: givenBytes}))) {
    if (givenBytes <= leastBytesMax) throw noStorage(givenBytes);
    givenBytes = Math.max(leastBytesMax, Math.floor(givenBytes / 2));
  }
  if (givenBytes === bytesMax || givenBytes === leastBytesMax) return;
  const {streams} = jetStream.manager;
  const max_bytes = Math.max(leastBytesMax, Math.floor(givenBytes / 2));
  await jetStream.attempt(() => streams.update(`OBJ_${name}`, {max_bytes}));
}

/** False if the server has not as much storage. */
async function isCreated(
  jetStream: JetStream,
  name: string,
  {bytesMax, replicas = 1, ...options}: NatsBulkStoreOptions & {readonly bytesMax: number},
): Promise<boolean> {
  const settings = {storage: storageType(options), replicas, max_bytes: bytesMax};
  try {
    await jetStream.attempt(() => jetStream.client.views.os(name, settings));
    return true;
  } catch (error) {
    const code = jetStreamCode(InferenceError.from(error).cause) ?? 0;
    if (insufficientStorage.includes(code)) return false;
    throw error;
  }
}

function noStorage(bytes: number): InferenceError {
  const text = `Expected the NATS server to have ${bytes} bytes of storage left for blobs`;
  return new InferenceError(
    'STORE_UNAVAILABLE',
    `${text}: it has less (\`max_file_store\`, or what other streams reserve).`,
  );
}

class NatsBulkStore implements BulkStore {
  readonly #jetStream: JetStream;
  readonly #bucket: BlobBucket;
  readonly #cache: BlobCache;

  constructor(jetStream: JetStream, bucket: BlobBucket, cache: BlobCache) {
    this.#jetStream = jetStream;
    this.#bucket = bucket;
    this.#cache = cache;
  }

  async put(content: BlobContent): Promise<BlobRef> {
    const ref = await blobRefOf(content);
    const entry = await this.#bucket.find(ref.digest);
    if (entry === undefined) await this.#bucket.write(ref, content);
    else await this.#bucket.touch(entry);
    return ref;
  }

  async has(digest: string): Promise<boolean> {
    checkDigest(digest);
    return (await this.#bucket.find(digest)) !== undefined;
  }

  async get(digest: string): Promise<Uint8Array> {
    const entry = await this.#entry(digest);
    if (entry.bytes > constants.MAX_LENGTH) {
      const message = `Expected a blob of at most ${constants.MAX_LENGTH} bytes to be got whole`;
      throw new InferenceError('PAYLOAD_TOO_LARGE', `${message}, given ${entry.bytes}.`);
    }
    const whole = new Uint8Array(entry.bytes);
    let filled = 0;
    for await (const piece of this.#bucket.read(entry)) {
      filled += piece.length;
      if (filled > whole.length) throw brokenBlob(digest, {digest: 'more', bytes: filled});
      whole.set(piece, filled - piece.length);
    }
    return whole;
  }

  async file(digest: string): Promise<string> {
    this.#jetStream.checkOpen();
    return this.#cache.file(digest, () => this.#pieces(digest));
  }

  async close(): Promise<void> {
    await this.#jetStream.close();
  }

  async *#pieces(digest: string): AsyncGenerator<Uint8Array> {
    yield* this.#bucket.read(await this.#entry(digest));
  }

  async #entry(digest: string): Promise<BlobEntry> {
    checkDigest(digest);
    const entry = await this.#bucket.find(digest);
    if (entry === undefined) throw absentBlob(digest);
    return entry;
  }
}
