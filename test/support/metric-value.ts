import type {Labels, Metric} from '../../src/ports/metrics.js';

/** The value of a metric with these labels, among others; a histogram's count. */
export function metricValue(
  metrics: readonly Metric[],
  name: string,
  labels: Labels = {},
): number | undefined {
  for (const metric of metrics.filter(each => each.name === name)) {
    const samples = metric.samples.filter(sample => {
      return Object.entries(labels).every(([key, value]) => sample.labels[key] === value);
    });
    const [sample] = samples;
    if (sample !== undefined) return 'value' in sample ? sample.value : sample.count;
  }
  return undefined;
}
