import {mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {InferenceError} from '../errors.js';
import type {BlobRef, BulkStore} from '../ports/bulk-store.js';
import {absentBlob, type BlobContent, BlobMeter, checkDigest, piecesOf} from './blob-content.js';

const pieceBytes = 2 ** 20;
const defaultBytesMax = 8 * 2 ** 30;

export interface MemoryBulkStoreOptions {
  /** Bytes of all blobs; the oldest make room for a new one. */
  readonly bytesMax?: number;
}

interface Blob {
  readonly bytes: number;
  readonly pieces: readonly Uint8Array[];
}

/** A bulk store in this process; its files lie in a temporary folder that `close` removes. */
export function createMemoryBulkStore(options: MemoryBulkStoreOptions = {}): BulkStore {
  return new MemoryBulkStore(options.bytesMax ?? defaultBytesMax);
}

class MemoryBulkStore implements BulkStore {
  readonly #bytesMax: number;
  /** Oldest first. */
  readonly #blobs = new Map<string, Blob>();
  readonly #files = new Map<string, Promise<string>>();
  #folder: Promise<string> | undefined;
  #bytes = 0;
  #closed = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async put(content: BlobContent): Promise<BlobRef> {
    this.#checkOpen();
    const meter = new BlobMeter();
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(content, pieceBytes)) {
      meter.add(piece);
      // The caller may change what it gave; a Buffer's `slice` would be no copy.
      pieces.push(new Uint8Array(piece));
    }
    const ref = meter.ref();
    if (!this.#blobs.has(ref.digest)) this.#add(ref, pieces);
    return ref;
  }

  async has(digest: string): Promise<boolean> {
    this.#checkOpen();
    return this.#blobs.has(digest);
  }

  async get(digest: string): Promise<Uint8Array> {
    const {bytes, pieces} = this.#blob(digest);
    const whole = new Uint8Array(bytes);
    pieces.forEach((piece, index) => {
      whole.set(piece, index * pieceBytes);
    });
    return whole;
  }

  async file(digest: string): Promise<string> {
    const known = this.#files.get(digest);
    if (known !== undefined) return known;
    const written = this.#write(digest, this.#blob(digest).pieces);
    this.#files.set(digest, written);
    written.catch(() => this.#files.delete(digest));
    return written;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#blobs.clear();
    await Promise.allSettled(this.#files.values());
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, {recursive: true, force: true});
  }

  #add(ref: BlobRef, pieces: readonly Uint8Array[]): void {
    if (ref.bytes > this.#bytesMax) {
      const message = `Expected a blob of at most ${this.#bytesMax} bytes, given ${ref.bytes}.`;
      throw new InferenceError('PAYLOAD_TOO_LARGE', message);
    }
    for (const [digest, {bytes}] of this.#blobs) {
      if (this.#bytes + ref.bytes <= this.#bytesMax) break;
      this.#blobs.delete(digest);
      this.#bytes -= bytes;
    }
    this.#blobs.set(ref.digest, {bytes: ref.bytes, pieces});
    this.#bytes += ref.bytes;
  }

  #blob(digest: string): Blob {
    this.#checkOpen();
    checkDigest(digest);
    const blob = this.#blobs.get(digest);
    if (blob === undefined) throw absentBlob(digest);
    return blob;
  }

  async #write(digest: string, pieces: readonly Uint8Array[]): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'heterodyne-blobs-'));
    const path = join(await this.#folder, digest);
    await writeFile(`${path}.part`, pieces);
    await rename(`${path}.part`, path);
    return path;
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new InferenceError('STORE_UNAVAILABLE', 'Expected an open store: it has been closed.');
  }
}
