import test from 'ava';
import {LatencyStatistics} from '../../../src/cli/latency-statistics.js';
import {InvariantViolation} from '../../../src/errors.js';

const never = {
  next(): number {
    throw new Error('no chance is needed while every latency is kept');
  },
};

test('nothing is said of no latencies', t => {
  t.is(new LatencyStatistics(never).summary(), undefined);
});

test('one latency is every statistic', t => {
  const statistics = new LatencyStatistics(never);
  statistics.add(3);
  t.deepEqual(statistics.summary(), {
    count: 1,
    minMs: 3,
    averageMs: 3,
    medianMs: 3,
    p90Ms: 3,
    p99Ms: 3,
    maxMs: 3,
  });
});

test('any percentile can be asked for', t => {
  const statistics = new LatencyStatistics(never);
  t.is(statistics.percentileMs(75), 0);
  for (const latencyMs of [4, 0, 2, 1, 3]) statistics.add(latencyMs);
  t.deepEqual(
    [1, 50, 75, 100].map(percent => statistics.percentileMs(percent)),
    [0.04, 2, 3, 4],
  );
});

test('percentiles interpolate between samples, whatever their order', t => {
  const statistics = new LatencyStatistics(never);
  for (let index = 0; index < 101; index++) statistics.add((index * 37) % 101);
  t.like(statistics.summary(), {medianMs: 50, p90Ms: 90, p99Ms: 99, averageMs: 50});
  statistics.add(101);
  t.is(statistics.summary()?.medianMs, 50.5);
});

test('latencies sort as numbers', t => {
  const statistics = new LatencyStatistics(never);
  for (const latencyMs of [10, 9, 100]) statistics.add(latencyMs);
  t.like(statistics.summary(), {minMs: 9, medianMs: 10, maxMs: 100});
});

test('beyond the bound a sample from the whole run stands for the rest', t => {
  let draws = 0;
  const goldenRatio = {next: () => (++draws * 0.618033988749895) % 1};
  const statistics = new LatencyStatistics(goldenRatio, 500);
  for (let index = 0; index < 20_000; index++) statistics.add(index);
  const summary = statistics.summary();
  t.like(summary, {count: 20_000, minMs: 0, maxMs: 19_999, averageMs: 9_999.5});
  t.true(Math.abs((summary?.medianMs ?? 0) - 10_000) < 2_000);
  t.true(Math.abs((summary?.p90Ms ?? 0) - 18_000) < 2_000);
});

test('what is no latency is a programmer’s error', t => {
  const statistics = new LatencyStatistics(never);
  for (const latencyMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => statistics.add(latencyMs), {instanceOf: InvariantViolation});
  }
});
