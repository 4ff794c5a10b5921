import {InferenceError} from '../errors.js';
import {unreadable} from './npy-header.js';

const codePointMax = 0x10ffff;
/** npy pads every string to the longest: one long string among many could ask for any amount. */
const stringBytesMax = 2 ** 30;

/**
 * Reads strings of `width` code points, each four bytes in the machine's order, padded with NUL at
 * the end. Throws FILE_UNREADABLE for what is no code point.
 */
export function decodeNpyStrings(
  codePoints: Uint32Array,
  width: number,
  source: string,
): readonly string[] {
  const count = codePoints.length / width;
  return Array.from({length: count}, (_, index) => {
    const padded = codePoints.subarray(index * width, (index + 1) * width);
    const end = padded.findLastIndex(codePoint => codePoint !== 0) + 1;
    return textOf(padded.subarray(0, end), source);
  });
}

/** The inverse; NULs at the end of a string are lost, as in NumPy. Throws PAYLOAD_TOO_LARGE. */
export function encodeNpyStrings(strings: readonly string[]): {
  readonly width: number;
  readonly codePoints: Uint32Array;
} {
  const width = strings.reduce((longest, text) => Math.max(longest, codePointCount(text)), 1);
  const bytes = width * strings.length * Uint32Array.BYTES_PER_ELEMENT;
  if (bytes > stringBytesMax) {
    throw new InferenceError(
      'PAYLOAD_TOO_LARGE',
      `expected strings that fill at most ${stringBytesMax} bytes, got ${strings.length} of up to ` +
        `${width} characters, which fill ${bytes}`,
    );
  }
  const codePoints = new Uint32Array(width * strings.length);
  for (const [index, text] of strings.entries()) {
    let at = index * width;
    for (const character of text) codePoints[at++] = character.codePointAt(0) ?? 0;
  }
  return {width, codePoints};
}

function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

// One at a time: spread arguments overflow the stack for a long string.
function textOf(codePoints: Uint32Array, source: string): string {
  let text = '';
  for (const codePoint of codePoints) {
    if (codePoint > codePointMax) {
      throw unreadable(source, `expected Unicode code points, found ${codePoint}`);
    }
    text += String.fromCodePoint(codePoint);
  }
  return text;
}
