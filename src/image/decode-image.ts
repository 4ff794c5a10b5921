import {decodeJpeg} from './decode-jpeg.js';
import {decodePng} from './decode-png.js';
import {type Image, imageFault} from './image.js';

const pngSignature = [0x89, 0x50, 0x4e, 0x47];
const jpegSignature = [0xff, 0xd8, 0xff];

/**
 * The image in a PNG or JPEG file, known by its first bytes; `source` names it in errors. Throws
 * FILE_UNREADABLE for what is neither, or broken; PAYLOAD_TOO_LARGE for more pixels than
 * `pixelsMax`, before anything of them is read; NOT_IMPLEMENTED for kinds that are not decoded.
 */
export function decodeImage(bytes: Uint8Array, source: string): Image {
  const begins = (signature: readonly number[]) =>
    signature.every((byte, index) => bytes[index] === byte);
  if (begins(pngSignature)) return decodePng(bytes, source);
  if (begins(jpegSignature)) return decodeJpeg(bytes, source);
  throw imageFault(source, 'expected a PNG or JPEG file');
}
