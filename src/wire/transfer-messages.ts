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

const ends: readonly Grant['end'][] = ['none', 'done', 'refused'];
/** Where a frame has the length of its header, which is never 0. */
const offerMark = 4;

/** What lies at an address in a frame's place: four zero bytes, then the offer. */
export function encodeOffer(offer: Offer): Uint8Array {
  const packed = packMessage([offer.transfer, offer.peer, offer.bytes, offer.chunkBytes]);
  const bytes = new Uint8Array(offerMark + packed.length);
  bytes.set(packed, offerMark);
  return bytes;
}

export function isOffer(bytes: Uint8Array): boolean {
  return bytes.length > offerMark && bytes.subarray(0, offerMark).every(byte => byte === 0);
}

/** Throws InferenceError INVALID_FRAME. */
export function decodeOffer(encoded: Uint8Array): Offer {
  const [transfer, peer, bytes, chunkBytes] = list(unpackMessage(encoded.subarray(offerMark)));
  if (!isCount(transfer) || !isPeer(peer) || !isCount(bytes) || !isCount(chunkBytes)) {
    throw invalid('an offer');
  }
  if (bytes === 0 || chunkBytes === 0) throw invalid('an offer of at least one byte');
  return {transfer, peer, bytes, chunkBytes};
}

export function encodeGrant(grant: Grant): Uint8Array {
  const {transfer, peer, handle, granted, end} = grant;
  return packMessage([transfer, peer, handle, granted, ends.indexOf(end)]);
}

/** Throws InferenceError INVALID_FRAME. */
export function decodeGrant(bytes: Uint8Array): Grant {
  const [transfer, peer, handle, granted, ending] = list(unpackMessage(bytes));
  const end = isCount(ending) ? ends[ending] : undefined;
  if (!isCount(transfer) || !isPeer(peer) || !isCount(handle) || !isCount(granted)) {
    throw invalid('a grant');
  }
  if (end === undefined) throw invalid('how a grant ends');
  return {transfer, peer, handle, granted, end};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** It becomes part of a subject. */
function isPeer(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]{1,64}$/.test(value);
}

function invalid(expected: string): InferenceError {
  return new InferenceError('INVALID_FRAME', `Expected ${expected} of a chunked frame.`);
}
