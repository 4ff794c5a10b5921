import {exifOrientation} from './exif-orientation.js';
import {checkSize, imageFault} from './image.js';

/** What a JPEG file says of its picture before it comes. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
  /** Whether its components are luma and chroma, not red, green and blue. */
  readonly isYcc: boolean;
  /** Of Exif: 1 to 8, undefined if there is none. */
  readonly orientation: number | undefined;
}

/** Markers: SOF0 baseline, SOF1 extended sequential, SOF2 progressive. */
const decoded = [0xc0, 0xc1, 0xc2];
/** Every marker that begins a frame: C4, C8 and CC are others. */
const frames = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const [exif, adobe, startOfScan, fill] = [0xe1, 0xee, 0xda, 0xff];
/** Scans of a picture: each goes over all of its pixels, however few bytes it has. */
const scansMax = 128;

/**
 * Reads the segments up to the picture's frame (ITU-T T.81, annex B). Throws FILE_UNREADABLE for a
 * damaged file or one cut short, PAYLOAD_TOO_LARGE for too large a picture, NOT_IMPLEMENTED for
 * CMYK, more than 8 bits, and lossless, hierarchical or arithmetic coding.
 */
export function readJpegHeader(bytes: Uint8Array, source: string): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  let transform: number | undefined;
  let orientation: number | undefined;
  for (;;) {
    const marker = markerAt(bytes, at, source);
    if (marker === fill) {
      at += 1;
      continue;
    }
    const start = at + 4;
    const end = at + 2 + (start <= bytes.length ? view.getUint16(at + 2) : 0);
    if (end < start || end > bytes.length || marker === startOfScan) throw cutShort(bytes, source);
    const segment = bytes.subarray(start, end);
    if (marker === adobe && isAdobe(segment)) transform = segment[11];
    if (marker === exif) orientation ??= exifOrientation(segment);
    if (frames.includes(marker)) {
      checkScans(bytes.subarray(end), source);
      return {...readFrame(marker, segment, transform, source), orientation};
    }
    at = end;
  }
}

function markerAt(bytes: Uint8Array, at: number, source: string): number {
  const marker = bytes[at + 1];
  if (marker === undefined) throw cutShort(bytes, source);
  if (bytes[at] === 0xff) return marker;
  throw imageFault(source, `expected a JPEG marker at byte ${at}: the file is damaged`);
}

function isAdobe(segment: Uint8Array): boolean {
  return segment.length >= 12 && Buffer.from(segment.subarray(0, 5)).toString('latin1') === 'Adobe';
}

function readFrame(
  marker: number,
  segment: Uint8Array,
  transform: number | undefined,
  source: string,
): Omit<JpegHeader, 'orientation'> {
  const notDone = (what: string) => imageFault(source, `${what} not decoded`, 'NOT_IMPLEMENTED');
  if (!decoded.includes(marker)) {
    throw notDone(`JPEG frames of kind ${marker - 0xc0} (lossless, hierarchical, arithmetic) are`);
  }
  if (segment.length < 6) throw imageFault(source, 'the JPEG frame is cut short');
  const [precision, high = 0, low = 0, wide = 0, narrow = 0, components = 0] = segment;
  if (precision !== 8) throw notDone(`JPEG files of ${precision} bits are`);
  const [height, width] = [(high << 8) | low, (wide << 8) | narrow];
  checkSize(source, width, height);
  if (components === 4) throw notDone('JPEG files in CMYK (4 components) are');
  if (components !== 1 && components !== 3) {
    throw notDone(`JPEG files of ${components} components are`);
  }
  if (segment.length < 6 + 3 * components) throw imageFault(source, 'the JPEG frame is cut short');
  const names = [6, 9, 12].map(at => String.fromCharCode(segment[at] ?? 0)).join('');
  const isYcc = transform === undefined ? names !== 'RGB' : transform !== 0;
  return {width, height, components, isYcc};
}

/** Inside a scan, FF is followed by 0 or a restart: FF DA can only begin another. */
function checkScans(rest: Uint8Array, source: string): void {
  let scans = 0;
  for (let at = rest.indexOf(0xff); at >= 0; at = rest.indexOf(0xff, at + 1)) {
    if (rest[at + 1] === startOfScan) scans += 1;
  }
  if (scans <= scansMax) return;
  const text = `expected a picture of at most ${scansMax} scans, given ${scans}`;
  throw imageFault(source, text, 'PAYLOAD_TOO_LARGE');
}

function cutShort(bytes: Uint8Array, source: string) {
  return imageFault(source, `the JPEG file ends before its picture, after ${bytes.length} bytes`);
}
