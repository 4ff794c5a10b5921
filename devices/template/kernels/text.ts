import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {invariant} from '../../../src/errors.js';
import {isText} from '../../../src/plugin/graph/elements.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {fromHalf} from '../half-float.js';

/** Significant digits of a fraction that ONNX Runtime writes. */
const digitsMax = 8;

/** As many as `toExponential` gives. */
const exactDigits = 100;

/** Every number as text, as ONNX Runtime writes it. */
export function textOf({type, shape, data}: TensorData): TensorData {
  const write = (value: number | bigint | string) => {
    if (!type.startsWith('f')) return String(value);
    return floatText(type === 'f16' ? fromHalf(Number(value)) : Number(value), digitsMax);
  };
  return {type: 'string', shape, data: Array.from<number | bigint | string, string>(data, write)};
}

/** As C's `%g` writes it: no zeros at the end, an exponent where it is very small or large. */
function floatText(value: number, count: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-INF' : 'INF';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const {exponent, digits} = significant(Math.abs(value), count);
  const sign = value < 0 ? '-' : '';
  if (exponent >= count || exponent < -4) {
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${pointed(digits, 1)}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent >= 0) return sign + pointed(digits, exponent + 1);
  return sign + pointed('0'.repeat(-exponent) + digits, 1);
}

/** The decimal digits of a number above 0, and the power of ten of the first; a tie goes to even. */
function significant(value: number, count: number) {
  const [exact = '', power = ''] = value.toExponential(exactDigits).replace('.', '').split('e');
  const below = exact.slice(0, count);
  if (/^50*$/.test(exact.slice(count)) && Number(below.at(-1)) % 2 === 0) {
    return {digits: below, exponent: Number(power)};
  }
  const [rounded = '', own = ''] = value.toExponential(count - 1).split('e');
  return {digits: rounded.replace('.', ''), exponent: Number(own)};
}

/** `whole` digits before the point, and no zeros at the end of those behind it. */
function pointed(figures: string, whole: number): string {
  const fraction = figures.slice(whole).replace(/0+$/, '');
  return figures.slice(0, whole) + (fraction === '' ? '' : `.${fraction}`);
}

/**
 * The numbers that text begins with, as `to` needs them: f64 for a fraction, i64 for a whole number.
 * Throws STAGE_FAILED for text that begins with none.
 */
export function parsedText({shape, data}: TensorData, to: NumericType): TensorData {
  invariant(isText(data), 'text is parsed');
  if (to.startsWith('f')) return {type: 'f64', shape, data: Float64Array.from(data, floatOf)};
  return {
    type: 'i64',
    shape,
    data: BigInt64Array.from(data, text => BigInt.asIntN(64, whole(text))),
  };
}

function floatOf(text: string): number {
  const [found] = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(text) ?? [];
  if (found !== undefined) return Number(found);
  const [, sign, word] = /^\s*([+-]?)(inf|nan)/i.exec(text) ?? [];
  if (word === undefined) throw notNumber(text);
  if (word.toLowerCase() === 'nan') return Number.NaN;
  return sign === '-' ? -Infinity : Infinity;
}

function whole(text: string): bigint {
  const [, sign, found] = /^\s*([+-]?)(\d+)/.exec(text) ?? [];
  if (found === undefined) throw notNumber(text);
  return sign === '-' ? -BigInt(found) : BigInt(found);
}

function notNumber(text: string): Error {
  return kernelFailure(`expected text that begins with a number, given ${JSON.stringify(text)}`);
}
