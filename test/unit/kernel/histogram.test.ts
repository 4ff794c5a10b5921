import test from 'ava';
import {Histogram} from '../../../src/kernel/histogram.js';

test('buckets count what is at most their bound, and the rest is in the count alone', t => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0.5, 1, 2, 10, 11]) histogram.observe(value);
  t.deepEqual(histogram.sample({a: 'b'}), {
    labels: {a: 'b'},
    buckets: [
      {max: 1, count: 2},
      {max: 10, count: 4},
    ],
    count: 5,
    sum: 24.5,
  });
});

test('latencies have bounds from half a millisecond to ten seconds', t => {
  const {buckets, count} = new Histogram().sample({});
  t.is(buckets[0]?.max, 0.0005);
  t.is(buckets.at(-1)?.max, 10);
  t.is(count, 0);
});
