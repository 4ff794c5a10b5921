import type {HistogramSample, Labels} from '../ports/metrics.js';

/** Seconds, for what takes from half a millisecond to ten seconds. */
const latencyBoundsS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Counts observations by size; its memory does not grow. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** By bound: those at most this, and above the one before. */
  readonly #counts: number[];
  #count = 0;
  #sum = 0;

  constructor(bounds: readonly number[] = latencyBoundsS) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#count++;
    this.#sum += value;
    const at = this.#bounds.findIndex(bound => value <= bound);
    if (at !== -1) this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  sample(labels: Labels): HistogramSample {
    let count = 0;
    const buckets = this.#bounds.map((max, at) => {
      count += this.#counts[at] ?? 0;
      return {max, count};
    });
    return {labels, buckets, count: this.#count, sum: this.#sum};
  }
}
