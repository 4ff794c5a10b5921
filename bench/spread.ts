/** The middle of some measurements, and the quartiles beside it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spread(values: readonly number[]): Spread {
  return {median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75)};
}

/** Hyndman and Fan 1996, "Sample quantiles in statistical packages", definition 7; NaN for none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = fraction * (sorted.length - 1);
  const lower = sorted[Math.floor(position)] ?? Number.NaN;
  const upper = sorted[Math.ceil(position)] ?? lower;
  return lower + (position - Math.floor(position)) * (upper - lower);
}
