import {headers, nuid, type StoredMsg} from 'nats';
import {InferenceError} from '../errors.js';
import type {BlobRef} from '../ports/bulk-store.js';
import {absentBlob, type BlobContent, BlobMeter, brokenBlob, piecesOf} from './blob-content.js';
import {type BlobEntry, decodeBlobEntry, encodeBlobEntry, paddedBase64url} from './blob-entry.js';
import {type JetStream, jetStreamCode, type StreamMessage} from './jet-stream.js';

/** Measured best among 64 KiB to 1 MiB, both ways. */
const chunkBytesMax = 512 * 1024;
const unacknowledgedMax = 8;
/** What the server adds to each message, at most. */
const messageOverheadBytes = 512;
const wrongLastSequence = 10_071;
/** An upload that has added nothing for this long is none any more. */
const abandonedMs = 3_600_000;

/**
 * A JetStream object store bucket, written and read by its documented layout (chunks under
 * `$O.<bucket>.C.<id>`, an entry under `$O.<bucket>.M.<name>`; NATS ADR-20), so that the tools of
 * NATS show it. The client's own object store would hash every byte in JavaScript, many times
 * slower than Node does, and read one object at most as fast as it hashes.
 */
export class BlobBucket {
  readonly #jetStream: JetStream;
  readonly #bucket: string;
  readonly #stream: string;

  constructor(jetStream: JetStream, bucket: string) {
    this.#jetStream = jetStream;
    this.#bucket = bucket;
    this.#stream = `OBJ_${bucket}`;
  }

  async find(digest: string): Promise<BlobEntry | undefined> {
    const message = await this.#last(this.#entrySubject(digest));
    return message && decodeBlobEntry(message.data, message.seq);
  }

  /** Rejects with InferenceError INVALID_BLOB if the content is no longer what `ref` says. */
  async write(ref: BlobRef, content: BlobContent): Promise<void> {
    await this.#makeRoom(ref.bytes);
    const revision = (await this.#last(this.#entrySubject(ref.digest)))?.seq ?? 0;
    const id = nuid.next();
    try {
      const chunks = await this.#writeChunks(id, ref, content);
      await this.#writeEntry({...ref, id, chunks, revision});
    } catch (error) {
      await this.#purge(this.#chunkSubject(id)).catch(() => undefined);
      // Another process has put the same blob meanwhile.
      if (jetStreamCode(causeOf(error)) !== wrongLastSequence) throw error;
    }
  }

  /** Makes the blob the youngest. Its failure matters to nobody. */
  async touch(entry: BlobEntry): Promise<void> {
    await this.#writeEntry(entry).catch(() => undefined);
  }

  /** Rejects with InferenceError INVALID_BLOB if it is not whole. */
  async *read(entry: BlobEntry): AsyncGenerator<Uint8Array> {
    const subject = this.#chunkSubject(entry.id);
    const meter = new BlobMeter();
    let next = entry.chunks === 0 ? undefined : this.#chunkFrom(subject, 1);
    for (let read = 1; next !== undefined; read++) {
      const message: StreamMessage | undefined = await next;
      if (message === undefined) throw absentBlob(entry.digest);
      next = read < entry.chunks ? this.#chunkFrom(subject, message.seq + 1) : undefined;
      meter.add(message.data);
      yield message.data;
    }
    const ref = meter.ref();
    if (ref.digest !== entry.digest) throw brokenBlob(entry.digest, ref);
  }

  /** The first chunk at or after a place in the stream. */
  #chunkFrom(subject: string, seq: number): Promise<StreamMessage | undefined> {
    const chunk = this.#jetStream.next(this.#stream, subject, seq);
    // Asked for ahead of need: a reader that stops early never looks at it.
    chunk.catch(() => undefined);
    return chunk;
  }

  async #writeChunks(id: string, ref: BlobRef, content: BlobContent): Promise<number> {
    const chunkBytes = Math.min(chunkBytesMax, this.#jetStream.messageBytesMax - 1024);
    const subject = this.#chunkSubject(id);
    const meter = new BlobMeter();
    const unacknowledged: Promise<unknown>[] = [];
    let chunks = 0;
    for await (const piece of piecesOf(content, chunkBytes)) {
      meter.add(piece);
      chunks += 1;
      if (unacknowledged.length === unacknowledgedMax) await unacknowledged.shift();
      const acknowledged = this.#jetStream.attempt(() =>
        this.#jetStream.client.publish(subject, piece),
      );
      acknowledged.catch(() => undefined);
      unacknowledged.push(acknowledged);
    }
    await Promise.all(unacknowledged);
    const written = meter.ref();
    if (written.digest !== ref.digest) throw brokenBlob(ref.digest, written);
    return chunks;
  }

  /** Replaces the entry of this revision only (0: there is none). */
  async #writeEntry(entry: BlobEntry): Promise<void> {
    const rollup = headers();
    rollup.set('Nats-Rollup', 'sub');
    await this.#jetStream.attempt(() =>
      this.#jetStream.client.publish(
        this.#entrySubject(entry.digest),
        encodeBlobEntry(entry, this.#bucket, new Date()),
        {headers: rollup, expect: {lastSubjectSequence: entry.revision}},
      ),
    );
  }

  /** Removes the oldest blobs until there is room for another. */
  async #makeRoom(bytes: number): Promise<void> {
    const messages = Math.ceil(bytes / chunkBytesMax) + 1;
    const needed = bytes + messages * messageOverheadBytes;
    if (await this.#hasRoom(needed)) return;
    await this.#purgeAbandoned();
    for (const entry of await this.#entries()) {
      if (await this.#hasRoom(needed)) return;
      // The entry first: without its chunks it would promise what is not there.
      await this.#purge(this.#entrySubject(entry.digest));
      await this.#purge(this.#chunkSubject(entry.id));
    }
    if (!(await this.#hasRoom(needed))) throw full();
  }

  async #hasRoom(needed: number): Promise<boolean> {
    const {config, state} = await this.#jetStream.attempt(() =>
      this.#jetStream.manager.streams.info(this.#stream),
    );
    if (config.max_bytes <= 0) return true;
    if (needed > config.max_bytes) throw tooLarge(needed, config.max_bytes);
    return state.bytes + needed <= config.max_bytes;
  }

  /** Removes the chunks of uploads whose process has died. */
  async #purgeAbandoned(): Promise<void> {
    const kept = new Set((await this.#entries()).map(entry => this.#chunkSubject(entry.id)));
    for (const subject of await this.#subjects('C')) {
      const last = kept.has(subject) ? undefined : await this.#last(subject);
      if (last !== undefined && Date.now() - last.time.getTime() > abandonedMs) {
        await this.#purge(subject);
      }
    }
  }

  /** All blobs, oldest first. */
  async #entries(): Promise<readonly BlobEntry[]> {
    const entries: BlobEntry[] = [];
    for (const subject of await this.#subjects('M')) {
      const message = await this.#last(subject);
      const entry = message && decodeBlobEntry(message.data, message.seq);
      if (entry !== undefined) entries.push(entry);
    }
    return entries.sort((one, other) => one.revision - other.revision);
  }

  /** The subjects of all chunks, or of all entries. */
  async #subjects(kind: 'C' | 'M'): Promise<readonly string[]> {
    const filter = `$O.${this.#bucket}.${kind}.>`;
    const {state} = await this.#jetStream.attempt(() =>
      this.#jetStream.manager.streams.info(this.#stream, {subjects_filter: filter}),
    );
    return Object.keys(state.subjects ?? {});
  }

  async #last(subject: string): Promise<StoredMsg | undefined> {
    return this.#jetStream.attempt(() =>
      absentIfMissing(
        this.#jetStream.manager.streams.getMessage(this.#stream, {last_by_subj: subject}),
      ),
    );
  }

  async #purge(subject: string): Promise<void> {
    await this.#jetStream.attempt(() =>
      this.#jetStream.manager.streams.purge(this.#stream, {filter: subject}),
    );
  }

  #entrySubject(digest: string): string {
    return `$O.${this.#bucket}.M.${paddedBase64url(Buffer.from(digest))}`;
  }

  #chunkSubject(id: string): string {
    return `$O.${this.#bucket}.C.${id}`;
  }
}

async function absentIfMissing(message: Promise<StoredMsg>): Promise<StoredMsg | undefined> {
  try {
    return await message;
  } catch (error) {
    if ((error as {code?: unknown}).code === '404') return undefined;
    throw error;
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function tooLarge(bytes: number, bytesMax: number): InferenceError {
  const message = `Expected a blob that fits a store of ${bytesMax} bytes, given ${bytes}.`;
  return new InferenceError('PAYLOAD_TOO_LARGE', message);
}

function full(): InferenceError {
  return new InferenceError('STORE_UNAVAILABLE', 'Expected room in the store: uploads fill it.');
}
