import {InferenceError} from '../errors.js';

const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
const lengthBytes = 4;

/** Bytes that `writeStrings` takes for them. */
export function stringsBytes(strings: readonly string[]): number {
  return strings.reduce((sum, text) => sum + lengthBytes + Buffer.byteLength(text), 0);
}

/**
 * Each string as its byte length (u32, little-endian) and its UTF-8. A lone surrogate has none and
 * becomes U+FFFD.
 */
export function writeStrings(strings: readonly string[], into: Uint8Array): void {
  const view = Buffer.from(into.buffer, into.byteOffset, into.byteLength);
  let at = 0;
  for (const text of strings) {
    const written = view.write(text, at + lengthBytes);
    view.writeUInt32LE(written, at);
    at += lengthBytes + written;
  }
}

/** Reads exactly `count` strings that fill `bytes`; else throws InferenceError INVALID_FRAME. */
export function readStrings(bytes: Uint8Array, count: number): readonly string[] {
  // Compared first, so that a lying count allocates nothing.
  if (count > bytes.length / lengthBytes) throw mismatch(bytes, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const from = at + lengthBytes;
    if (from > bytes.length) throw mismatch(bytes, count);
    at = from + view.getUint32(at, true);
    if (at > bytes.length) throw mismatch(bytes, count);
    strings.push(decodeText(bytes.subarray(from, at)));
  }
  if (at !== bytes.length) throw mismatch(bytes, count);
  return strings;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new InferenceError(
      'INVALID_FRAME',
      'Expected UTF-8 in a string tensor.',
      {},
      {
        cause: error,
      },
    );
  }
}

function mismatch(bytes: Uint8Array, count: number): InferenceError {
  const message = `Expected ${count} strings to fill ${bytes.length} bytes of a string tensor.`;
  return new InferenceError('INVALID_FRAME', message);
}
