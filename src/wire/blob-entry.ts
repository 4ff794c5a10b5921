import {z} from 'zod';
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
const entrySchema = z.object({
  name: z.string(),
  nuid: z.string().regex(/^\w{1,64}$/),
  size: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  digest: z.string().startsWith(digestPrefix),
});

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
  const {data} = entrySchema.safeParse(parseJson(encoded));
  const hash = data && Buffer.from(data.digest.slice(digestPrefix.length), 'base64url');
  if (data === undefined || hash?.toString('hex') !== data.name) {
    throw new InferenceError('INVALID_BLOB', 'Expected an entry of a blob in the store.');
  }
  return {digest: data.name, bytes: data.size, id: data.nuid, chunks: data.chunks, revision};
}

function parseJson(encoded: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(encoded));
  } catch {
    return undefined;
  }
}
