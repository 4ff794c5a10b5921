import test from 'ava';
import {fileNames} from '../../../src/cli/file-names.js';

test('what a file name cannot hold is replaced, and names stay apart', t => {
  t.deepEqual(fileNames(['logits', 'a/b', 'a_b', 'A b', '../x', ''], '.npy'), [
    ...['logits.npy', 'a_b.npy', 'a_b_2.npy', 'A_b_3.npy', '.._x.npy', '.npy'],
  ]);
});

test('a long name is cut', t => {
  const [one, other] = fileNames(['x'.repeat(999), 'x'.repeat(998)], '.npy');
  t.is(one?.length, 204);
  t.not(one, other);
});
