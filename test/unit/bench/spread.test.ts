import test from 'ava';
import {quantile, spread} from '../../../bench/spread.js';

test('the spread is the median and the quartiles, between two values where they fall there', t => {
  t.deepEqual(spread([5, 1, 3, 2, 4]), {median: 3, low: 2, high: 4});
  t.deepEqual(spread([1, 2]), {median: 1.5, low: 1.25, high: 1.75});
  t.deepEqual(spread([7]), {median: 7, low: 7, high: 7});
});

test('there is no quantile of nothing', t => {
  t.is(quantile([], 0.5), Number.NaN);
});
