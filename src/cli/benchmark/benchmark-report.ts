import {invariant} from '../../errors.js';
import type {LatencyStatistics} from '../latency-statistics.js';
import type {LoadResult} from '../run-load.js';

/** Percentiles that are always told. */
const percentsShown = [90, 95, 99] as const;

/** What a benchmark found; as JSON it is printed and written as it is. */
export interface BenchmarkReport {
  readonly count: number;
  readonly durationMs: number;
  /** `p90` and others: that percentile. */
  readonly latencyMs: Readonly<Record<'median' | 'average' | 'min' | 'max' | `p${number}`, number>>;
  readonly throughput: number;
  readonly firstInferenceMs: number;
  readonly requests: number;
}

export interface BenchmarkSetting {
  /** More that are told. */
  readonly percentiles: readonly number[];
  readonly firstInferenceMs: number;
  readonly requests: number;
}

export function benchmarkReport(
  {count, elapsedMs}: LoadResult,
  statistics: LatencyStatistics,
  {percentiles, ...setting}: BenchmarkSetting,
): BenchmarkReport {
  const latency = statistics.summary();
  invariant(latency !== undefined, 'a load without an inference');
  const percents = [...new Set([...percentsShown, ...percentiles])].sort((a, b) => a - b);
  return {
    count,
    durationMs: elapsedMs,
    latencyMs: {
      median: latency.medianMs,
      average: latency.averageMs,
      min: latency.minMs,
      max: latency.maxMs,
      ...Object.fromEntries(percents.map(each => [`p${each}`, statistics.percentileMs(each)])),
    },
    throughput: (count / elapsedMs) * 1000,
    ...setting,
  };
}

export function formatBenchmark(report: BenchmarkReport): string {
  const {count, durationMs, latencyMs, throughput, firstInferenceMs, requests} = report;
  const {median, average, min, max, ...percentiles} = latencyMs;
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  const lines: readonly (readonly [string, number])[] = [
    ['Median', median],
    ['Average', average],
    ['Min', min],
    ['Max', max],
    ...Object.entries(percentiles).map(([name, value]) => {
      return [`${name.slice(1)}th percentile`, value] as const;
    }),
  ];
  return [
    `First inference took ${ms(firstInferenceMs)}`,
    `Requests in flight:  ${requests}`,
    `Count:               ${count} inferences`,
    `Duration:            ${ms(durationMs)}`,
    'Latency:',
    ...lines.map(([name, value]) => `   ${`${name}:`.padEnd(18)}${ms(value)}`),
    `Throughput:          ${throughput.toFixed(2)} inferences/s`,
  ].join('\n');
}
