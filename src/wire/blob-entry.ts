import {z} from 'zod';
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
  deleted: z.literal(false).optional(),
});

/** An object's metadata as NATS ADR-20 has it; the blob's digest is its name too. */
export function encodeBlobEntry(entry: BlobEntry, bucket: string, modified: Date): Uint8Array {
  const digest = digestPrefix + paddedBase64url(Buffer.from(entry.digest, 'hex'));
  const {id, bytes, chunks} = entry;
  const mtime = modified.toISOString();
  const info = {name: entry.digest, bucket, nuid: id, size: bytes, chunks, digest, mtime};
  return new TextEncoder().encode(JSON.stringify({...info, deleted: false}));
}

/** Undefined for what is no blob's entry, such as the mark that a deleted object leaves. */
export function decodeBlobEntry(encoded: Uint8Array, revision: number): BlobEntry | undefined {
  const {data} = entrySchema.safeParse(parseJson(encoded));
  if (data === undefined) return undefined;
  const hash = Buffer.from(data.digest.slice(digestPrefix.length), 'base64url').toString('hex');
  if (hash !== data.name) return undefined;
  return {digest: hash, bytes: data.size, id: data.nuid, chunks: data.chunks, revision};
}

/** As ADR-20 writes names and digests; Node's own has no padding. */
export function paddedBase64url(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function parseJson(encoded: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(encoded));
  } catch {
    return undefined;
  }
}
