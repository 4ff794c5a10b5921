import {type ElementType, elementLayouts, elementTypes} from '../../schemas/element-type.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {stringsBytes} from './string-elements.js';

export const tensorsMax = 4096;
export const rankMax = 32;
const expectedCharactersMax = 400;

/** One tensor of a frame, as its header lists it. */
export interface TensorEntry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Elements that the shape asks for. */
  readonly count: number;
  readonly bytes: number;
}

/** What the header holds for each tensor: name, element type, shape, bytes. */
export type TensorRow = readonly [string, ElementType, readonly number[], number];

/** A tensor as it is sent: its row, and the elements that the row counted. */
export interface SentTensor {
  readonly row: TensorRow;
  readonly elements: Uint8Array | readonly string[];
}

/**
 * Reads each tensor once: what a caller's object answers at a second look is never believed. Throws
 * InferenceError INVALID_FRAME for tensors that no receiver would take.
 */
export function sentTensors(tensors: NamedTensors): readonly SentTensor[] {
  const sent: SentTensor[] = [];
  const lengths: number[] = [];
  for (const [name, {type, shape, data}] of tensors) {
    const elements = type === 'string' ? [...(data as readonly string[])] : bytesOf(data);
    lengths.push(isStrings(elements) ? elements.length : data.length);
    const bytes = isStrings(elements) ? stringsBytes(elements) : elements.byteLength;
    sent.push({row: [name, type, [...shape], bytes], elements});
  }
  for (const [index, {name, count}] of parseTensorTable(sent.map(({row}) => row)).entries()) {
    const length = lengths[index];
    if (length !== count) throw invalid(`${count} elements in tensor '${name}'`, length);
  }
  return sent;
}

/** Throws InferenceError INVALID_FRAME unless every row is whole and true to itself. */
export function parseTensorTable(value: unknown): readonly TensorEntry[] {
  if (!Array.isArray(value)) throw invalid('a list of tensors', value);
  if (value.length > tensorsMax) throw invalid(`at most ${tensorsMax} tensors`, value.length);
  const entries = value.map(parseRow);
  if (new Set(entries.map(entry => entry.name)).size !== entries.length) {
    throw invalid('every tensor once', 'a name twice');
  }
  return entries;
}

function parseRow(row: unknown): TensorEntry {
  if (!Array.isArray(row) || row.length !== 4) throw invalid('name, type, shape and bytes', row);
  const [name, type, shape, bytes]: readonly unknown[] = row;
  if (typeof name !== 'string') throw invalid('a name', name);
  if (!isElementType(type)) throw invalid(`an element type of tensor '${name}'`, type);
  if (!isShape(shape)) throw invalid(`a shape of tensor '${name}'`, shape);
  if (!isCount(bytes)) throw invalid(`a count of bytes of tensor '${name}'`, bytes);
  const count = elementCount(shape);
  if (type !== 'string' && count * elementLayouts[type].bytes !== bytes) {
    throw invalid(`${type} [${shape.join(', ')}] in tensor '${name}'`, `${bytes} bytes`);
  }
  return {name, type, shape, count, bytes};
}

/** May exceed the safe integers: then it equals no count of bytes. */
function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/** The bytes of a tensor's elements where they lie; none if it holds no typed array. */
function bytesOf(data: TensorData['data']): Uint8Array {
  const {buffer, byteOffset, byteLength} = data as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export function isStrings(elements: SentTensor['elements']): elements is readonly string[] {
  return Array.isArray(elements);
}

function isElementType(value: unknown): value is ElementType {
  return elementTypes.some(type => type === value);
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= rankMax && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Its text is short, whatever was given: it may end in a log. */
function invalid(expected: string, given: unknown): InferenceError {
  const shown = typeof given === 'object' ? 'something else' : String(given).slice(0, 100);
  const wanted = expected.slice(0, expectedCharactersMax);
  return new InferenceError('INVALID_FRAME', `Expected ${wanted} in a frame, given ${shown}.`);
}
