import {crc32} from 'node:zlib';
import {checkSize, imageFault} from './image.js';

/** Names of PNG's colour types. */
export type PngColor = 'grey' | 'rgb' | 'palette' | 'grey alpha' | 'rgb alpha';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  readonly color: PngColor;
  readonly interlaced: boolean;
}

/** What a PNG file holds, still compressed. */
export interface PngFile {
  readonly header: PngHeader;
  /** Red, green and blue of each entry. */
  readonly palette: Uint8Array | undefined;
  /** The chunk tRNS: alpha of each entry of the palette, or the colour that is transparent. */
  readonly transparency: Uint8Array | undefined;
  readonly compressed: Uint8Array;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const chunkBytesMin = 12;

/** By the number of the colour type: its name, and the depths that it may have. */
const colors: ReadonlyMap<number, readonly [PngColor, readonly number[]]> = new Map([
  [0, ['grey', [1, 2, 4, 8, 16]]],
  [2, ['rgb', [8, 16]]],
  [3, ['palette', [1, 2, 4, 8]]],
  [4, ['grey alpha', [8, 16]]],
  [6, ['rgb alpha', [8, 16]]],
]);

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/**
 * The chunks of a PNG file that matter, by the specification (W3C, third edition). Every checksum is
 * checked. Throws as `decodeImage`.
 */
export function readPngFile(bytes: Uint8Array, source: string): PngFile {
  if (signature.some((byte, index) => bytes[index] !== byte)) {
    throw imageFault(source, 'expected a PNG file, its signature is damaged');
  }
  const chunks = [...chunksOf(bytes, source)];
  const [first, ...others] = chunks;
  if (first?.type !== 'IHDR') throw imageFault(source, 'expected IHDR as the first chunk of a PNG');
  const header = readHeader(first.data, source);
  for (const {type} of others) checkKnown(type, source);
  const find = (type: string) => others.find(chunk => chunk.type === type)?.data;
  const parts = others.filter(({type}) => type === 'IDAT').map(({data}) => data);
  const palette = find('PLTE');
  if (header.color === 'palette' && (palette === undefined || palette.length % 3 !== 0)) {
    throw imageFault(source, 'expected a palette of three bytes for each entry');
  }
  return {header, palette, transparency: find('tRNS'), compressed: Buffer.concat(parts)};
}

function* chunksOf(bytes: Uint8Array, source: string): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = signature.length;
  for (;;) {
    const cut = imageFault(source, `the PNG file ends in the middle, after ${bytes.length} bytes`);
    if (at + chunkBytesMin > bytes.length) throw cut;
    const length = view.getUint32(at);
    const end = at + chunkBytesMin + length;
    if (end > bytes.length) throw cut;
    const type = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw imageFault(source, `the checksum of the PNG chunk ${type} is wrong: it is damaged`);
    }
    yield {type, data: bytes.subarray(at + 8, end - 4)};
    if (type === 'IEND') return;
    at = end;
  }
}

/** A capital first letter says that a chunk cannot be ignored. */
function checkKnown(type: string, source: string): void {
  if (/^[^A-Z]/.test(type) || ['PLTE', 'IDAT', 'IEND'].includes(type)) return;
  throw imageFault(source, `expected a PNG file, given the chunk ${JSON.stringify(type)}`);
}

function readHeader(data: Uint8Array, source: string): PngHeader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length !== 13) throw imageFault(source, `a header of ${data.length} bytes, not 13`);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  checkSize(source, width, height);
  const [depth = 0, number = 0, compression, filter, interlace = 0] = data.subarray(8);
  const [color, depths] = colors.get(number) ?? [];
  if (color === undefined || !depths?.includes(depth)) {
    throw imageFault(source, `colour type ${number} with ${depth} bits is none of PNG`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    const methods = `${compression}, ${filter} and ${interlace}`;
    throw imageFault(source, `compression, filter and interlace ${methods} are none of PNG`);
  }
  return {width, height, depth, color, interlaced: interlace === 1};
}
