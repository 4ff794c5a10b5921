import type {NarrowElements} from '../../../src/plugin/graph/elements.js';

export interface Matrices {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  /** Where the matrices begin in their elements. */
  readonly aAt: number;
  readonly bAt: number;
  /** `a` is rows by inner, `b` inner by columns. */
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Writes the product of two row-major matrices to `result` from `at` on. Row after row, summed in
 * double precision, so that memory is read in order.
 */
export function matrixProduct(matrices: Matrices, result: NarrowElements, at: number): void {
  const {a, b, aAt, bAt, rows, inner, columns} = matrices;
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let k = 0; k < inner; k++) {
      const factor = a[aAt + row * inner + k] ?? 0;
      const start = bAt + k * columns;
      for (let column = 0; column < columns; column++) {
        sums[column] = (sums[column] ?? 0) + factor * (b[start + column] ?? 0);
      }
    }
    result.set(sums, at + row * columns);
  }
}
