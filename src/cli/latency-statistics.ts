import {invariant} from '../errors.js';
import type {Random} from '../ports/random.js';

/** Latencies in milliseconds. Percentiles interpolate linearly between the two nearest samples. */
export interface LatencySummary {
  readonly count: number;
  readonly minMs: number;
  readonly averageMs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const samplesMaxDefault = 100_000;

/**
 * Summarises latencies in bounded memory. Count, average, minimum and maximum are always exact;
 * median and percentiles are exact up to `samplesMax` latencies (100,000: 800 KB), beyond that
 * those of a uniform sample of so many (Vitter 1985, "Random sampling with a reservoir",
 * algorithm R).
 */
export class LatencyStatistics {
  readonly #random: Pick<Random, 'next'>;
  readonly #samplesMax: number;
  readonly #samples: number[] = [];
  #count = 0;
  #totalMs = 0;
  #minMs = Number.POSITIVE_INFINITY;
  #maxMs = 0;

  constructor(random: Pick<Random, 'next'>, samplesMax: number = samplesMaxDefault) {
    invariant(samplesMax > 0, 'a summary needs samples');
    this.#random = random;
    this.#samplesMax = samplesMax;
  }

  add(latencyMs: number): void {
    invariant(latencyMs >= 0 && Number.isFinite(latencyMs), `${latencyMs} ms is no latency`);
    this.#count++;
    this.#totalMs += latencyMs;
    this.#minMs = Math.min(this.#minMs, latencyMs);
    this.#maxMs = Math.max(this.#maxMs, latencyMs);
    this.#sample(latencyMs);
  }

  /** Undefined before the first latency. */
  summary(): LatencySummary | undefined {
    if (this.#count === 0) return undefined;
    const sorted = Float64Array.from(this.#samples).sort();
    return {
      count: this.#count,
      minMs: this.#minMs,
      averageMs: this.#totalMs / this.#count,
      medianMs: quantile(sorted, 0.5),
      p90Ms: quantile(sorted, 0.9),
      p99Ms: quantile(sorted, 0.99),
      maxMs: this.#maxMs,
    };
  }

  /** The latency that `percent` of all do not exceed, as exact as the summary; 0 before the first. */
  percentileMs(percent: number): number {
    if (this.#count === 0) return 0;
    return quantile(Float64Array.from(this.#samples).sort(), percent / 100);
  }

  #sample(latencyMs: number): void {
    if (this.#samples.length < this.#samplesMax) {
      this.#samples.push(latencyMs);
      return;
    }
    const place = Math.floor(this.#random.next() * this.#count);
    if (place < this.#samplesMax) this.#samples[place] = latencyMs;
  }
}

/** Hyndman and Fan 1996, "Sample quantiles in statistical packages", definition 7. */
function quantile(sorted: Float64Array, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below];
  invariant(lower !== undefined, 'a quantile needs a sample');
  const upper = sorted[below + 1] ?? lower;
  return lower + (position - below) * (upper - lower);
}
