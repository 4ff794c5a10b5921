import {readFile, stat} from 'node:fs/promises';
import {InferenceError} from '../errors.js';
import {decodeImage} from '../image/decode-image.js';
import {Tensor} from '../tensor.js';

const fileBytesMax = 2 ** 28;

/**
 * The image in a PNG or JPEG file, or in the bytes of one: u8 [1, height, width, channels], NHWC, with
 * one channel for grey, three for red, green and blue, four with alpha. Samples of 16 bits are
 * rounded to 8. Rejects with FILE_UNREADABLE for what cannot be read, PAYLOAD_TOO_LARGE for more than
 * 2^25 pixels, NOT_IMPLEMENTED for CMYK and other kinds of JPEG that are not decoded.
 */
export async function readImage(source: string | Uint8Array): Promise<Tensor<'u8'>> {
  const [bytes, name] =
    typeof source === 'string' ? [await readBounded(source), source] : [source, 'image'];
  if (!(bytes instanceof Uint8Array)) {
    const text = `expected a path or the bytes of an image, given ${typeof source}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const {width, height, channels, data} = decodeImage(bytes, name);
  return new Tensor('u8', [1, height, width, channels], data);
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    const {size} = await stat(path);
    if (size <= fileBytesMax) return await readFile(path);
    const text = `${path}: expected an image of at most ${fileBytesMax} bytes, given ${size}`;
    throw new InferenceError('PAYLOAD_TOO_LARGE', text);
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
}
