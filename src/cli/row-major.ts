/**
 * Elements in column-major order (Fortran's: the first dimension varies fastest) brought into
 * row-major order (C's: the last does).
 */
export function rowMajor<T extends ArrayLike<unknown> & {slice(): unknown}>(
  columnMajor: T,
  shape: readonly number[],
): T {
  const result = columnMajor.slice() as {[index: number]: unknown};
  const strides = columnMajorStrides(shape);
  for (let index = 0; index < columnMajor.length; index++) {
    result[index] = columnMajor[columnMajorIndex(index, shape, strides)];
  }
  return result as T;
}

function columnMajorStrides(shape: readonly number[]): readonly number[] {
  let stride = 1;
  return shape.map(size => {
    const own = stride;
    stride *= size;
    return own;
  });
}

function columnMajorIndex(
  rowMajorIndex: number,
  shape: readonly number[],
  strides: readonly number[],
): number {
  let rest = rowMajorIndex;
  let index = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    index += (rest % size) * (strides[axis] ?? 0);
    rest = Math.floor(rest / size);
  }
  return index;
}
