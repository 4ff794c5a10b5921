import test from 'ava';
import {rowMajor} from '../../../src/cli/row-major.js';

test('three dimensions are reordered', t => {
  // Element [i][j][k] of shape [2, 3, 2] holds 100 i + 10 j + k.
  const columnMajor = [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121];
  t.deepEqual(
    rowMajor(columnMajor, [2, 3, 2]),
    [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121],
  );
});

test('a vector, a scalar and nothing stay as they are', t => {
  t.deepEqual(rowMajor([1, 2, 3], [3]), [1, 2, 3]);
  t.deepEqual(rowMajor([1], []), [1]);
  t.deepEqual(rowMajor([], [2, 0]), []);
});
