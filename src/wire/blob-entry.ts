import {InferenceError} from '../errors.js';
import type {BlobRef} from '../ports/bulk-store.js';

/** What a bucket says of a blob. */
export interface BlobEntry extends BlobRef {
  /** What its chunks are stored under. */
  readonly id: string;
  readonly chunks: number;
  /** The place of the entry in its stream: a later one is a younger blob. */
  readonly revision: number;
}

const digestPrefix = 'SHA-256=';

/** An object's metadata as NATS ADR-20 has it; the blob's digest is its name too. */
export function encodeBlobEntry(entry: BlobEntry, bucket: string, modified: Date): Uint8Array {
  // ADR-20 wants padding, which Node's base64url leaves out: 32 bytes take one '='.
  const digest = `${digestPrefix}${Buffer.from(entry.digest, 'hex').toString('base64url')}=`;
  const {id, bytes, chunks} = entry;
  const mtime = modified.toISOString();
  const info = {name: entry.digest, bucket, nuid: id, size: bytes, chunks, digest, mtime};
  return new TextEncoder().encode(JSON.stringify({...info, deleted: false}));
}

/** Throws InferenceError INVALID_BLOB for what encodeBlobEntry cannot have made. */
export function decodeBlobEntry(encoded: Uint8Array, revision: number): BlobEntry {
  let info: Readonly<Record<string, unknown>>;
  try {
    info = JSON.parse(new TextDecoder().decode(encoded)) ?? {};
  } catch {
    throw invalid();
  }
  const {name, nuid, size, chunks, digest} = info;
  if (typeof digest !== 'string' || typeof nuid !== 'string' || !/^\w{1,64}$/.test(nuid)) {
    throw invalid();
  }
  const hash = Buffer.from(digest.slice(digestPrefix.length), 'base64url').toString('hex');
  if (hash !== name || !isCount(size) || !isCount(chunks)) throw invalid();
  return {digest: hash, bytes: size, id: nuid, chunks, revision};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function invalid(): InferenceError {
  return new InferenceError('INVALID_BLOB', 'Expected an entry of a blob in the store.');
}
