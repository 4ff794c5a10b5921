import {createHash, type Hash} from 'node:crypto';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {InferenceError} from '../errors.js';
import type {BlobRef} from '../ports/bulk-store.js';

export type BlobContent = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** Hashed in one go: about a millisecond, so that a large blob stops nobody's heartbeat. */
const hashedBytesMax = 2 ** 20;

/** The content in pieces of `pieceBytes`, but for the last; none is empty. */
export async function* piecesOf(
  content: BlobContent,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) {
    for (let at = 0; at < content.length; at += pieceBytes) {
      yield content.subarray(at, at + pieceBytes);
    }
    return;
  }
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const part of content()) {
    for (let at = 0; at < part.length; ) {
      const taken = part.subarray(at, at + pieceBytes - filled);
      piece.set(taken, filled);
      filled += taken.length;
      at += taken.length;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

export async function blobRefOf(content: BlobContent): Promise<BlobRef> {
  const meter = new BlobMeter();
  for await (const piece of piecesOf(content, hashedBytesMax)) {
    meter.add(piece);
    await nextTurn();
  }
  return meter.ref();
}

/** Hashes and counts bytes as they pass by. */
export class BlobMeter {
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** To be called once, after the last bytes. */
  ref(): BlobRef {
    return {digest: this.#hash.digest('hex'), bytes: this.#bytes};
  }
}

/** Throws InferenceError INVALID_BLOB for what is no digest: it becomes part of a file's name. */
export function checkDigest(digest: string): void {
  if (/^[0-9a-f]{64}$/.test(digest)) return;
  throw invalidBlob('Expected a SHA-256 in 64 lower-case hexadecimal digits.');
}

export function absentBlob(digest: string): InferenceError {
  return invalidBlob(`Expected a blob ${digest} in the store: it holds none.`);
}

export function brokenBlob(digest: string, given: BlobRef): InferenceError {
  return invalidBlob(`Expected a blob ${digest}, given ${given.bytes} bytes of ${given.digest}.`);
}

function invalidBlob(message: string): InferenceError {
  return new InferenceError('INVALID_BLOB', message);
}
