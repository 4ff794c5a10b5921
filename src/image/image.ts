import {type ErrorCode, InferenceError} from '../errors.js';

/** Pixels, row by row, a byte for each channel: grey, or red, green and blue, or those and alpha. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** Pixels of one image: what decoding takes of memory is up to 30 bytes for each. */
export const pixelsMax = 2 ** 25;

/** A fault of the image file `source`. */
export function imageFault(
  source: string,
  text: string,
  code: ErrorCode = 'FILE_UNREADABLE',
  cause?: unknown,
): InferenceError {
  return new InferenceError(code, `${source}: ${text}`, {}, {cause});
}

/** Throws FILE_UNREADABLE for an image of no pixels, PAYLOAD_TOO_LARGE for one of too many. */
export function checkSize(source: string, width: number, height: number): void {
  if (width === 0 || height === 0) {
    throw imageFault(source, `expected an image, given one of ${width} x ${height} pixels`);
  }
  if (width * height <= pixelsMax) return;
  const text = `expected at most ${pixelsMax} pixels, given ${width} x ${height}`;
  throw imageFault(source, text, 'PAYLOAD_TOO_LARGE');
}
