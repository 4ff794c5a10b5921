import {decode} from 'jpeg-js';
import {upright} from './exif-orientation.js';
import {type Image, imageFault} from './image.js';
import {type JpegHeader, readJpegHeader} from './jpeg-header.js';

/** What the decoder may allocate: more than `pixelsMax` pixels need. */
const memoryMebibytesMax = 2048;

/**
 * The image in a JPEG file: baseline or progressive, grey or colours, with the side
 * up that Exif says. Throws as `decodeImage`,
 * NOT_IMPLEMENTED for CMYK, more than 8 bits, and lossless, hierarchical or arithmetic coding.
 */
export function decodeJpeg(bytes: Uint8Array, source: string): Image {
  const header = readJpegHeader(bytes, source);
  const {width, height, components, orientation} = header;
  const rgb = decoded(bytes, header, source);
  const data = components === 3 ? rgb : firstOfThree(rgb);
  return upright({width, height, channels: components, data}, orientation);
}

function decoded(bytes: Uint8Array, {isYcc}: JpegHeader, source: string): Uint8Array {
  try {
    const {data} = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      colorTransform: isYcc,
      maxMemoryUsageInMB: memoryMebibytesMax,
    });
    return data;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `the JPEG file is damaged or cut short: ${reason}`;
    throw imageFault(source, text, 'FILE_UNREADABLE', cause);
  }
}

function firstOfThree(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3);
  for (let at = 0; at < grey.length; at++) grey[at] = rgb[3 * at] ?? 0;
  return grey;
}
