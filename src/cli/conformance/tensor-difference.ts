import type {ElementType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {float16Value} from '../../network/float16-value.js';
import {formatShape} from '../../tensor-check.js';

/** As ONNX's own backend tests compare: |given - expected| <= absolute + relative * |expected|. */
const relativeMax = 1e-3;
const absoluteMax = 1e-7;

const textMax = 40;

/**
 * How `given` differs from `expected`, in words; undefined if it does not: same type and shape,
 * floats within the tolerance (NaN is NaN), everything else exactly the same.
 */
export function tensorDifference(given: TensorData, expected: TensorData): string | undefined {
  const form = formDifference(given, expected);
  if (form !== undefined) return form;
  const same = sameElement(expected.type);
  let first = -1;
  let count = 0;
  for (let at = 0; at < expected.data.length; at++) {
    if (same(given.data[at], expected.data[at])) continue;
    if (count++ === 0) first = at;
  }
  if (count === 0) return undefined;
  const [wanted, got] = [expected, given].map(tensor => formatElement(tensor, first));
  const share = `${count} of ${expected.data.length} elements differ`;
  return `expected ${wanted} at element ${first}, given ${got} (${share})`;
}

/** The same for element type and shape only: what is left to compare of random numbers. */
export function formDifference(given: TensorData, expected: TensorData): string | undefined {
  if (given.type !== expected.type) return `expected ${expected.type}, given ${given.type}`;
  const [wanted, got] = [expected, given].map(({shape}) => formatShape(shape));
  return wanted === got ? undefined : `expected shape ${wanted}, given ${got}`;
}

function sameElement(type: ElementType): (given: unknown, expected: unknown) => boolean {
  switch (type) {
    case 'f32':
    case 'f64':
      return (given, expected) => isClose(Number(given), Number(expected));
    case 'f16':
      return (given, expected) =>
        isClose(float16Value(Number(given)), float16Value(Number(expected)));
    default:
      return (given, expected) => given === expected;
  }
}

function isClose(given: number, expected: number): boolean {
  // Infinities are equal or they are not: their difference is no number.
  if (Object.is(given, expected) || given === expected) return true;
  const difference = Math.abs(given - expected);
  return Number.isFinite(expected) && difference <= absoluteMax + relativeMax * Math.abs(expected);
}

function formatElement({type, data}: TensorData, at: number): string {
  const element = data[at];
  if (type === 'f16') return String(float16Value(Number(element)));
  return typeof element === 'string' ? JSON.stringify(element.slice(0, textMax)) : String(element);
}
