import type {Image} from './image.js';

const orientationTag = 0x0112;
const shortType = 3;
const headBytes = 6;
const entryBytes = 12;
/** Entries of a directory that are looked at: Exif has fewer. */
const entriesMax = 512;

/**
 * Which side is up, by the Exif data in a JPEG's segment APP1 (Exif 2.32, TIFF 6.0): 1 to 8, or
 * undefined if it does not say so in a way that can be read. Metadata is no reason to refuse a picture.
 */
export function exifOrientation(segment: Uint8Array): number | undefined {
  if (Buffer.from(segment.subarray(0, headBytes)).toString('latin1') !== 'Exif\0\0')
    return undefined;
  const tiff = segment.subarray(headBytes);
  if (tiff.length < 8) return undefined;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return undefined;
  const entries = Math.min(view.getUint16(directory, little), entriesMax);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * entryBytes;
    if (at + entryBytes > tiff.length) return undefined;
    if (view.getUint16(at, little) !== orientationTag) continue;
    const value = view.getUint16(at + 8, little);
    const isKnown = view.getUint16(at + 2, little) === shortType && value >= 1 && value <= 8;
    return isKnown ? value : undefined;
  }
  return undefined;
}

type Source = (x: number, y: number, width: number, height: number) => readonly [number, number];

/** For each orientation but the first, where a pixel of the upright picture comes from. */
const sources: Readonly<Record<number, Source>> = {
  2: (x, y, width) => [width - 1 - x, y],
  3: (x, y, width, height) => [width - 1 - x, height - 1 - y],
  4: (x, y, _, height) => [x, height - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _, height) => [y, height - 1 - x],
  7: (x, y, width, height) => [width - 1 - y, height - 1 - x],
  8: (x, y, width) => [width - 1 - y, x],
};

/** The picture with the right side up; from the fifth orientation on, width and height change. */
export function upright(image: Image, orientation: number | undefined): Image {
  const source = sources[orientation ?? 1];
  if (source === undefined) return image;
  const isTurned = (orientation ?? 1) > 4;
  const {width, height, channels} = image;
  const turned = isTurned ? {width: height, height: width} : {width, height};
  const data = new Uint8Array(image.data.length);
  let to = 0;
  for (let y = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++) {
      const [fromX, fromY] = source(x, y, width, height);
      const from = (fromY * width + fromX) * channels;
      for (let c = 0; c < channels; c++) data[to++] = image.data[from + c] ?? 0;
    }
  }
  return {...turned, channels, data};
}
