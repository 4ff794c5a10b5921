import {type ElementData, type ElementType, elementLayouts} from '../../schemas/element-type.js';
import type {Dimension, TensorData, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';

/** Draws a number in [0, 1). */
type Draw = () => number;

const elementsMax = 2 ** 28;
/** Integers are most often indices (of words, of classes): small ones are valid most often. */
const indexBelow = 10;

/**
 * A tensor that fits `info`, the same for the same seed, name, type and shape on every machine.
 * Dimensions known only at run time are as `sizes` says, else 1. Floats are in [0, 1), bytes in
 * their type's whole range, wider integers in 0..9, strings are words of four letters. Throws
 * INVALID_ARGUMENT if the rank is unknown, PAYLOAD_TOO_LARGE above 2^28 elements.
 */
export function randomTensor(
  info: TensorInfo,
  seed: number,
  sizes: ReadonlyMap<string, number> = new Map(),
): TensorData {
  const shape = sizedShape(info, sizes);
  const length = shape.reduce((count, size) => count * size, 1);
  if (!(length <= elementsMax)) {
    throw new InferenceError(
      'PAYLOAD_TOO_LARGE',
      `expected at most ${elementsMax} elements for a random "${info.name}", got [${shape}]`,
    );
  }
  // Inputs of one request differ though they share a seed, so that a mix-up shows.
  const draw = mulberry32(seed ^ fnv1a(info.name));
  return {type: info.type, shape, data: drawElements(info.type, length, draw)};
}

function sizedShape(info: TensorInfo, sizes: ReadonlyMap<string, number>): readonly number[] {
  const sizeOf = (dimension: Dimension): number =>
    typeof dimension === 'number' ? dimension : (sizes.get(dimension) ?? 1);
  if (info.shape) return info.shape.map(sizeOf);
  throw new InferenceError(
    'INVALID_ARGUMENT',
    `the rank of input "${info.name}" is unknown: give it a file instead of random values`,
  );
}

function drawElements(type: ElementType, length: number, draw: Draw): ElementData[ElementType] {
  if (type === 'string') return Array.from({length}, () => drawWord(draw));
  const {array: View, bytes} = elementLayouts[type];
  const elements = new View(new ArrayBuffer(length * bytes), 0, length);
  if (elements instanceof BigInt64Array || elements instanceof BigUint64Array) {
    return elements.map(() => BigInt(below(indexBelow, draw)));
  }
  return elements.map(() => drawNumber(type, draw));
}

function drawNumber(type: ElementType, draw: Draw): number {
  switch (type) {
    case 'f32':
    case 'f64':
      return draw();
    case 'f16':
      return float16Bits(below(1024, draw));
    case 'bool':
      return below(2, draw);
    case 'u8':
      return below(256, draw);
    case 'i8':
      return below(256, draw) - 128;
    default:
      return below(indexBelow, draw);
  }
}

function below(bound: number, draw: Draw): number {
  return Math.floor(draw() * bound);
}

function drawWord(draw: Draw): string {
  return Array.from({length: 4}, () => String.fromCharCode(97 + below(26, draw))).join('');
}

/** The bits of `numerator` / 1024 as an IEEE 754 binary16, for whole numbers below 1024. */
function float16Bits(numerator: number): number {
  if (numerator === 0) return 0;
  const exponent = 31 - Math.clz32(numerator);
  const bias = 15 - 10;
  return ((exponent + bias) << 10) | ((numerator << (10 - exponent)) & 0x3ff);
}

/** Tommy Ettinger's Mulberry32: one word of state, good enough for test data. */
function mulberry32(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fowler, Noll and Vo's 32-bit hash, variant 1a, over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
