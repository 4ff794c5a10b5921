import {z} from 'zod';
import {InferenceError} from '../errors.js';
import {packMessage, unpackMessage} from './message-codec.js';

/**
 * A frame above the server's bound goes in chunks. The sender publishes an offer at the frame's
 * address; each receiver grants it chunks, cumulatively, as it takes them; the sender publishes no
 * chunk that is not granted; the receiver ends the transfer when it has all of them.
 */
export interface Offer {
  /** The sender's number for the transfer. */
  readonly transfer: number;
  /** Where the sender takes grants. */
  readonly peer: string;
  readonly bytes: number;
  /** Of every chunk but the last. */
  readonly chunkBytes: number;
}

export interface Grant {
  readonly transfer: number;
  /** Where the receiver takes chunks. */
  readonly peer: string;
  /** The receiver's number for the transfer. */
  readonly handle: number;
  /** Chunks that the sender may have sent in all. */
  readonly granted: number;
  /** The receiver wants no more: it has all, or it gave up. */
  readonly end: 'none' | 'done' | 'refused';
}

/** Which of a receiver's transfers a chunk is of, and which of its chunks. */
export interface ChunkPlace {
  readonly handle: number;
  readonly index: number;
}

const count = z.int().nonnegative();
/** It becomes part of a subject. */
const peer = z.string().regex(/^([A-Za-z0-9-]{1,32}\.)?[A-Za-z0-9]{1,64}$/);
const end = z.enum(['none', 'done', 'refused']);
const offerSchema = z.tuple([count, peer, count.positive(), count.positive()]);
const grantSchema = z.tuple([count, peer, count, count, end]);

/** Where a frame has the length of its header, which is never 0. */
const markBytes = 4;

/** What lies at an address in a frame's place: four zero bytes, then the offer. */
export function encodeOffer({transfer, peer, bytes, chunkBytes}: Offer): Uint8Array {
  const packed = packMessage([transfer, peer, bytes, chunkBytes]);
  const encoded = new Uint8Array(markBytes + packed.length);
  encoded.set(packed, markBytes);
  return encoded;
}

export function isOffer(encoded: Uint8Array): boolean {
  if (encoded.length <= markBytes) return false;
  for (let i = 0; i < markBytes; i++) if (encoded[i] !== 0) return false;
  return true;
}

/** Throws InferenceError INVALID_FRAME. */
export function decodeOffer(encoded: Uint8Array): Offer {
  const parsed = offerSchema.safeParse(unpackMessage(encoded.subarray(markBytes)));
  if (!parsed.success) throw invalid('an offer', parsed.error);
  const [transfer, peer, bytes, chunkBytes] = parsed.data;
  return {transfer, peer, bytes, chunkBytes};
}

export function encodeGrant({transfer, peer, handle, granted, end}: Grant): Uint8Array {
  return packMessage([transfer, peer, handle, granted, end]);
}

/** Throws InferenceError INVALID_FRAME. */
export function decodeGrant(encoded: Uint8Array): Grant {
  const parsed = grantSchema.safeParse(unpackMessage(encoded));
  if (!parsed.success) throw invalid('a grant', parsed.error);
  const [transfer, peer, handle, granted, end] = parsed.data;
  return {transfer, peer, handle, granted, end};
}

function invalid(expected: string, error: z.ZodError): InferenceError {
  const message = `Expected ${expected} of a chunked frame: ${z.prettifyError(error)}`;
  return new InferenceError('INVALID_FRAME', message);
}
