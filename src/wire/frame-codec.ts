import {elementLayouts} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import type {Frame} from '../ports/transport.js';
import {packMessage, unpackMessage} from './message-codec.js';
import {readStrings, writeStrings} from './string-elements.js';
import {
  isStrings,
  parseTensorTable,
  type SentTensor,
  sentTensors,
  type TensorEntry,
} from './tensor-table.js';

const version = 1;
/** Every tensor starts at a multiple of this: a cache line, and enough for any element type. */
const alignment = 64;
const lengthBytes = 4;
/** The largest messages name every operation of a network; tensors are never in the header. */
export const headerBytesMax = 16 * 2 ** 20;

export interface DecodeOptions {
  /** Somebody else holds the buffer too: tensors are copied out of it. */
  readonly shared?: boolean;
}

/** Throws InferenceError PAYLOAD_TOO_LARGE for more bytes than a frame may have. */
export function checkFrameBytes(bytes: number, bytesMax: number): void {
  if (bytes <= bytesMax) return;
  const message = `Expected a frame of at most ${bytesMax} bytes, given ${bytes}.`;
  throw new InferenceError('PAYLOAD_TOO_LARGE', message);
}

/**
 * A frame as bytes: `u32le header length, MessagePack header, then each tensor's elements at the
 * next multiple of 64`, padded with zeros; it ends where the last tensor ends. The header is `{v: 1,
 * m: message, t: [[name, type, shape, bytes], ...]}`. Elements are little-endian, as in memory on
 * every host that is supported. Each tensor is copied once. Lone surrogates in strings become U+FFFD.
 *
 * Throws InferenceError INVALID_FRAME for a message that MessagePack cannot hold or a tensor whose
 * data is not what its shape says, and PAYLOAD_TOO_LARGE for a frame over `bytesMax`.
 */
export function encodeFrame(
  frame: Frame,
  bytesMax: number = Number.POSITIVE_INFINITY,
): Uint8Array<ArrayBuffer> {
  const sent = sentTensors(frame.tensors);
  const rows = sent.map(({row}) => row);
  const header = packMessage({v: version, m: frame.message, t: rows});
  checkHeaderLength(header.length, headerBytesMax);
  const headerEnd = lengthBytes + header.length;
  const ends = tensorEnds(
    headerEnd,
    rows.map(row => row[3]),
  );
  const end = ends.at(-1) ?? headerEnd;
  checkFrameBytes(end, bytesMax);
  const bytes = uncleared(end);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, lengthBytes);
  let at = headerEnd;
  for (const [index, {elements}] of sent.entries()) {
    const start = aligned(at);
    bytes.fill(0, at, start);
    at = ends[index] ?? start;
    writeElements(elements, bytes.subarray(start, at));
  }
  return bytes;
}

/**
 * The frame in `bytes`. Tensors are views of them where they lie on 8 bytes and are not shared; else
 * all are copied once. Either way the frame is owned: nobody else may use `bytes` afterwards.
 *
 * Throws InferenceError INVALID_FRAME for bytes that encodeFrame cannot have made.
 */
export function decodeFrame(bytes: Uint8Array, options: DecodeOptions = {}): Frame {
  const headerLength = readHeaderLength(bytes);
  const headerEnd = lengthBytes + headerLength;
  const {message, entries} = parseHeader(bytes.subarray(lengthBytes, headerEnd));
  const ends = tensorEnds(
    headerEnd,
    entries.map(entry => entry.bytes),
  );
  const end = ends.at(-1) ?? headerEnd;
  if (end !== bytes.length) throw invalid(`${end} bytes`, `${bytes.length}`);
  const source = entries.length > 0 && mustCopy(bytes, options) ? copied(bytes) : bytes;
  const tensors = new Map<string, TensorData>();
  entries.forEach((entry, index) => {
    const tensorEnd = ends[index] ?? end;
    const elements = source.subarray(tensorEnd - entry.bytes, tensorEnd);
    tensors.set(entry.name, readElements(entry, elements));
  });
  return {message, tensors, owned: true};
}

function parseHeader(bytes: Uint8Array): {message: unknown; entries: readonly TensorEntry[]} {
  const header = unpackMessage(bytes);
  if (typeof header !== 'object' || header === null) throw invalid('a header', typeof header);
  const fields = header as Readonly<Record<string, unknown>>;
  const given = fields['v'];
  // Not everything that is decoded can be made a string: an object may bring a `toString` of its own.
  const shown = typeof given === 'number' ? `${given}` : typeof given;
  if (given !== version) throw invalid(`version ${version}`, shown);
  return {message: fields['m'], entries: parseTensorTable(fields['t'])};
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length <= lengthBytes) throw invalid('a header', `${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  checkHeaderLength(length, Math.min(bytes.length - lengthBytes, headerBytesMax));
  return length;
}

function checkHeaderLength(length: number, lengthMax: number): void {
  if (length === 0 || length > lengthMax) {
    throw invalid(`a header of 1 to ${lengthMax} bytes`, `${length}`);
  }
}

/** Where each tensor ends; it starts its own bytes before. */
function tensorEnds(headerEnd: number, sizes: readonly number[]): readonly number[] {
  let end = headerEnd;
  return sizes.map(size => {
    end = aligned(end) + size;
    return end;
  });
}

function writeElements(elements: SentTensor['elements'], into: Uint8Array): void {
  if (isStrings(elements)) writeStrings(elements, into);
  else into.set(elements);
}

function readElements(entry: TensorEntry, bytes: Uint8Array): TensorData {
  const {type, shape, count} = entry;
  if (type === 'string') return {type, shape, data: readStrings(bytes, count)};
  const data = new elementLayouts[type].array(bytes.buffer, bytes.byteOffset, count);
  return {type, shape, data};
}

function mustCopy(bytes: Uint8Array, options: DecodeOptions): boolean {
  return options.shared === true || bytes.byteOffset % 8 !== 0;
}

function copied(bytes: Uint8Array): Uint8Array {
  const copy = uncleared(bytes.length);
  copy.set(bytes);
  return copy;
}

/** A buffer of its own that is about to be overwritten whole. */
function uncleared(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

function aligned(at: number): number {
  return Math.ceil(at / alignment) * alignment;
}

function invalid(expected: string, given: string): InferenceError {
  return new InferenceError('INVALID_FRAME', `Expected ${expected} in a frame, given ${given}.`);
}
