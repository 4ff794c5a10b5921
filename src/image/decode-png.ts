import {inflateSync} from 'node:zlib';
import {type Image, imageFault} from './image.js';
import {type PngColors, pngColors} from './png-colors.js';
import {type PngFile, readPngFile} from './png-file.js';
import {bitsOfPixel, bytesOfRow, type PngPass, pngPasses} from './png-passes.js';
import {unfilterRow} from './unfilter-row.js';

/**
 * The image in a PNG file of any kind: 1 to 16 bits, grey, colours, a palette, alpha, interlaced or
 * not. Of an animation, the first picture. Colour profiles and gamma are left as they are. No more
 * is inflated than an image of its size has. Throws as `decodeImage`.
 */
export function decodePng(bytes: Uint8Array, source: string): Image {
  const file = readPngFile(bytes, source);
  const {width, height} = file.header;
  const colors = pngColors(file, source);
  const passes = pngPasses(file.header);
  const filtered = inflated(file, passes, source);
  const {channels} = colors;
  const image = {width, height, channels, data: new Uint8Array(width * height * channels)};
  let at = 0;
  for (const pass of passes) at = readPass({file, pass, colors, source}, filtered, at, image);
  return image;
}

function inflated(
  {header, compressed}: PngFile,
  passes: readonly PngPass[],
  source: string,
): Uint8Array {
  const expected = passes.reduce(
    (sum, pass) => sum + pass.height * (1 + bytesOfRow(header, pass)),
    0,
  );
  let data: Uint8Array;
  try {
    data = inflateSync(compressed, {maxOutputLength: expected});
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw imageFault(source, `its pixels cannot be inflated: ${reason}`, 'FILE_UNREADABLE', cause);
  }
  if (data.length === expected) return data;
  throw imageFault(source, `expected ${expected} bytes of pixels, inflated ${data.length}`);
}

interface Reading {
  readonly file: PngFile;
  readonly pass: PngPass;
  readonly colors: PngColors;
  readonly source: string;
}

/** Writes the pixels of a pass, whose rows begin at `start`; gives where they end. */
function readPass(
  {file, pass, colors, source}: Reading,
  filtered: Uint8Array,
  start: number,
  image: Image,
): number {
  const rowBytes = bytesOfRow(file.header, pass);
  const distance = Math.max(1, bitsOfPixel(file.header) / 8);
  let above: Uint8Array = new Uint8Array(rowBytes);
  let at = start;
  for (let y = 0; y < pass.height; y++) {
    const row = filtered.subarray(at + 1, at + 1 + rowBytes);
    const type = filtered[at] ?? 0;
    if (!unfilterRow(type, row, above, distance)) {
      throw imageFault(source, `row ${y} has filter ${type}, which PNG does not have`);
    }
    writeRow(row, (pass.top + y * pass.stepY) * image.width + pass.left, {pass, colors, image});
    above = row;
    at += 1 + rowBytes;
  }
  return at;
}

function writeRow(
  row: Uint8Array,
  first: number,
  {
    pass,
    colors,
    image,
  }: {readonly pass: PngPass; readonly colors: PngColors; readonly image: Image},
): void {
  for (let x = 0; x < pass.width; x++) {
    colors.write(row, x, image.data, (first + x * pass.stepX) * image.channels);
  }
}
