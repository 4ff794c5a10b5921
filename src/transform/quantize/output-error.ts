import type {TensorData} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import {float16Value} from '../../network/float16-value.js';

/** How an output of a changed network differs from that of the network before, over all samples. */
export interface OutputError {
  readonly output: string;
  /** Elements compared. */
  readonly elements: number;
  readonly maxAbs: number;
  readonly meanAbs: number;
  /** Of 1 for vectors in one direction, all samples as one vector; NaN if one of them is all zeros. */
  readonly cosine: number;
  /** Power of the output over that of the error, in decibels; Infinity if there is no error. */
  readonly signalToNoiseDb: number;
  /**
   * The share of rows along the last axis whose largest element is at the same place; undefined for
   * outputs without rows of two or more.
   */
  readonly argMaxAgreement: number | undefined;
}

/** Sums up differences, sample after sample. */
export class OutputErrors {
  readonly #sums = new Map<string, Sums>();

  /** Throws SHAPE_MISMATCH or TYPE_MISMATCH where the outputs cannot be compared. */
  add(expected: Outputs, given: Outputs): void {
    for (const [name, was] of Object.entries(expected)) {
      const is = given[name];
      checkAlike(name, was, is);
      if (is === undefined || was.type === 'string') continue;
      const sums = this.#sums.get(name) ?? new Sums();
      this.#sums.set(name, sums);
      sums.add(was, is);
    }
  }

  report(): readonly OutputError[] {
    return [...this.#sums].map(([output, sums]) => sums.report(output));
  }
}

export type Outputs = Readonly<Record<string, TensorData>>;

class Sums {
  #elements = 0;
  #maxAbs = 0;
  #sumAbs = 0;
  #signal = 0;
  #power = 0;
  #product = 0;
  #noise = 0;
  #rows = 0;
  #agreeing = 0;

  add(expected: TensorData, given: TensorData): void {
    const [was, is] = [numbersOf(expected), numbersOf(given)];
    for (const [at, value] of was.entries()) {
      const other = is[at] ?? 0;
      const off = Math.abs(value - other);
      this.#maxAbs = Math.max(this.#maxAbs, off);
      this.#sumAbs += off;
      this.#signal += value * value;
      this.#power += other * other;
      this.#product += value * other;
      this.#noise += off * off;
    }
    this.#elements += was.length;
    const width = expected.shape.at(-1) ?? 1;
    if (width < 2) return;
    for (let row = 0; row < was.length; row += width) {
      this.#rows++;
      const [one, other] = [was, is].map(values => largestIn(values, row, width));
      if (one === other) this.#agreeing++;
    }
  }

  report(output: string): OutputError {
    return {
      output,
      elements: this.#elements,
      maxAbs: this.#maxAbs,
      meanAbs: this.#elements === 0 ? 0 : this.#sumAbs / this.#elements,
      cosine: this.#product / Math.sqrt(this.#signal * this.#power),
      signalToNoiseDb: 10 * Math.log10(this.#signal / this.#noise),
      argMaxAgreement: this.#rows === 0 ? undefined : this.#agreeing / this.#rows,
    };
  }
}

function largestIn(values: ArrayLike<number>, from: number, width: number): number {
  let largest = from;
  for (let at = from + 1; at < from + width; at++) {
    if ((values[at] ?? 0) > (values[largest] ?? 0)) largest = at;
  }
  return largest - from;
}

function numbersOf({type, data}: TensorData): Float64Array {
  const numbers = Float64Array.from(data as ArrayLike<number | bigint>, Number);
  return type === 'f16' ? numbers.map(float16Value) : numbers;
}

function checkAlike(name: string, was: TensorData, is: TensorData | undefined): void {
  if (is?.type !== was.type) {
    const given = is === undefined ? 'no such output' : is.type;
    throw new InferenceError(
      'TYPE_MISMATCH',
      `output ${name}: expected ${was.type}, given ${given}`,
    );
  }
  if (is.shape.join() === was.shape.join()) return;
  throw new InferenceError(
    'SHAPE_MISMATCH',
    `output ${name}: expected shape [${was.shape}], given [${is.shape}]`,
  );
}
