import {
  type ElementData,
  type ElementType,
  elementLayouts,
  type NumericType,
} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import {formatNpyHeader, type NpyHeader, readNpyHeader, unreadable} from './npy-header.js';
import {decodeNpyStrings, encodeNpyStrings} from './npy-strings.js';
import {rowMajor} from './row-major.js';

type Elements = ElementData[ElementType];

const codePointBytes = 4;

/** NumPy's kind and size for each type whose elements have a fixed size. */
const numpyTypes: Readonly<Record<NumericType, string>> = {
  bool: 'b1',
  f16: 'f2',
  f32: 'f4',
  f64: 'f8',
  i8: 'i1',
  i16: 'i2',
  i32: 'i4',
  i64: 'i8',
  u8: 'u1',
  u16: 'u2',
  u32: 'u4',
  u64: 'u8',
};

const byNumpyType = new Map<string, NumericType>(
  (Object.keys(numpyTypes) as NumericType[]).map(type => [numpyTypes[type], type]),
);

/** How the elements lie in a file; for strings, `width` code points each. */
interface Layout {
  readonly type: ElementType;
  readonly width: number;
  /** Of what is swapped as one where the file is big-endian. */
  readonly unitBytes: number;
  readonly bigEndian: boolean;
}

/**
 * Reads an npy file (numpy.lib.format, versions 1 to 3): every element type that travels, either byte
 * order, C or Fortran order; the tensor is row-major and has memory of its own. `source` names the
 * file in errors. Throws FILE_UNREADABLE for anything that is not exactly one such array.
 */
export function readNpy(bytes: Uint8Array, source = 'npy file'): TensorData {
  const header = readNpyHeader(bytes, source);
  const layout = parseDescr(header.descr, source);
  const elementBytes = layout.unitBytes * layout.width;
  expectBytes(header, elementBytes, bytes.length - header.dataOffset, source);
  // A copy: the file's own memory may be shared, and unaligned for the elements.
  const content = new Uint8Array(bytes.subarray(header.dataOffset));
  const elements = readElements(content, layout, source);
  const {shape} = header;
  const data = header.fortranOrder ? rowMajor(elements, shape) : elements;
  return {type: layout.type, shape, data};
}

/** A tensor as an npy file of version 1, little-endian and in C order. Throws PAYLOAD_TOO_LARGE. */
export function writeNpy(tensor: TensorData): Uint8Array {
  const {descr, content} = writeElements(tensor);
  const header = formatNpyHeader(descr, tensor.shape);
  const file = new Uint8Array(header.length + content.byteLength);
  file.set(header);
  file.set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength), header.length);
  return file;
}

function parseDescr(descr: string, source: string): Layout {
  const [, order = '', numpyType = ''] = /^([<>|])(\w+)$/.exec(descr) ?? [];
  const bigEndian = order === '>';
  const type = byNumpyType.get(numpyType);
  if (type) return {type, width: 1, unitBytes: elementLayouts[type].bytes, bigEndian};
  const width = Number(/^U([1-9]\d*)$/.exec(numpyType)?.[1]);
  if (Number.isSafeInteger(width)) {
    return {type: 'string', width, unitBytes: codePointBytes, bigEndian};
  }
  const expected = 'booleans, integers, floats of at most 8 bytes or unicode strings';
  throw unreadable(source, `expected ${expected}, found elements of type "${descr}"`);
}

function expectBytes(header: NpyHeader, elementBytes: number, given: number, source: string): void {
  const expected = header.shape.reduce((count, size) => count * size, 1) * elementBytes;
  if (expected === given) return;
  const array = `shape [${header.shape}] of "${header.descr}"`;
  throw unreadable(source, `${array} needs ${expected} bytes of elements, found ${given}`);
}

function readElements(content: Uint8Array<ArrayBuffer>, layout: Layout, source: string): Elements {
  if (layout.bigEndian) swapBytes(content, layout.unitBytes);
  if (layout.type === 'string') {
    return decodeNpyStrings(new Uint32Array(content.buffer), layout.width, source);
  }
  if (layout.type === 'bool') return content.map(element => (element === 0 ? 0 : 1));
  const {array: View, bytes} = elementLayouts[layout.type];
  return new View(content.buffer, 0, content.length / bytes);
}

function swapBytes(content: Uint8Array<ArrayBuffer>, unitBytes: number): void {
  const buffer = Buffer.from(content.buffer);
  if (unitBytes === 2) buffer.swap16();
  if (unitBytes === 4) buffer.swap32();
  if (unitBytes === 8) buffer.swap64();
}

function writeElements(tensor: TensorData): {
  readonly descr: string;
  readonly content: ArrayBufferView;
} {
  if (tensor.type === 'string') {
    const {width, codePoints} = encodeNpyStrings(tensor.data as readonly string[]);
    return {descr: `<U${width}`, content: codePoints};
  }
  const {bytes} = elementLayouts[tensor.type];
  const descr = `${bytes === 1 ? '|' : '<'}${numpyTypes[tensor.type]}`;
  return {descr, content: tensor.data as ElementData[NumericType]};
}
