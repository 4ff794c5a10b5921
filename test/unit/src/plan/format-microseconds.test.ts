import test from 'ava';
import {formatMicroseconds} from '../../../../src/plan/format-microseconds.js';

test('durations have three digits and the unit that suits them', t => {
  const shown = [0, 0.25, 12.34, 999, 1234, 588_123, 2_500_000].map(formatMicroseconds);
  t.deepEqual(shown, ['0 µs', '0.3 µs', '12.3 µs', '999 µs', '1.2 ms', '588 ms', '2.5 s']);
});
