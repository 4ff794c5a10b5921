import {InferenceError} from '../errors.js';

/** What stands before the elements of an npy file. */
export interface NpyHeader {
  /** NumPy's type string: `<f4`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes from the start of the file. */
  readonly dataOffset: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const versionOffset = magic.length;
const lengthOffset = versionOffset + 2;
const alignment = 64;
/** NumPy's own headers of version 1 end below this; only records with very many fields need more. */
const headerBytesMax = 0xffff;

/**
 * Reads the header of an npy file, versions 1 to 3 (numpy.lib.format): magic, version, length in two
 * or four little-endian bytes, then a Python dictionary as text. Throws FILE_UNREADABLE.
 */
export function readNpyHeader(bytes: Uint8Array, source: string): NpyHeader {
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw unreadable(source, 'expected an npy file, found no "\\x93NUMPY" at its start');
  }
  const version = bytes[versionOffset] ?? 0;
  if (version < 1 || version > 3) {
    throw unreadable(source, `expected npy version 1, 2 or 3, found ${version}`);
  }
  const textOffset = lengthOffset + (version === 1 ? 2 : 4);
  const dataOffset = textOffset + textLength(bytes, version, source);
  if (dataOffset > bytes.length) {
    throw unreadable(source, `its header ends at byte ${dataOffset}, the file at ${bytes.length}`);
  }
  const encoding = version === 3 ? 'utf8' : 'latin1';
  const text = Buffer.from(bytes.subarray(textOffset, dataOffset)).toString(encoding);
  return {...parseDictionary(text, source), dataOffset};
}

/** The header of a file in C order, padded so that the elements begin at a multiple of 64 bytes. */
export function formatNpyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const unpadded = lengthOffset + 2 + dictionary.length + 1;
  const total = Math.ceil(unpadded / alignment) * alignment;
  const textBytes = total - lengthOffset - 2;
  if (textBytes > headerBytesMax) {
    throw new InferenceError('INVALID_ARGUMENT', `an npy file cannot hold rank ${shape.length}`);
  }
  const header = Buffer.alloc(total, ' ');
  header.set([...magic, 1, 0]);
  header.writeUInt16LE(textBytes, lengthOffset);
  header.write(dictionary, lengthOffset + 2, 'latin1');
  header.write('\n', total - 1);
  return header;
}

export function unreadable(source: string, what: string): InferenceError {
  return new InferenceError('FILE_UNREADABLE', `${source}: ${what}`);
}

function textLength(bytes: Uint8Array, version: number, source: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = version > 1;
  if (bytes.length < lengthOffset + (wide ? 4 : 2)) {
    throw unreadable(source, `its header is cut off at byte ${bytes.length}`);
  }
  const length = wide ? view.getUint32(lengthOffset, true) : view.getUint16(lengthOffset, true);
  if (length > headerBytesMax) {
    throw unreadable(
      source,
      `expected a header of at most ${headerBytesMax} bytes, found ${length}`,
    );
  }
  return length;
}

function parseDictionary(text: string, source: string): Omit<NpyHeader, 'dataOffset'> {
  const descr = /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/.exec(text)?.[1];
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  // Python 2 wrote long integers as 3L.
  const tuple = /['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || tuple === undefined) {
    const expected = 'a plain type, an order and a shape';
    throw unreadable(source, `expected a header with ${expected}, found ${text.trim()}`);
  }
  const shape = (tuple.match(/\d+/g) ?? []).map(Number);
  if (!shape.every(Number.isSafeInteger)) {
    throw unreadable(source, `a dimension of its shape (${tuple}) is too large`);
  }
  return {descr, fortranOrder: order === 'True', shape};
}
