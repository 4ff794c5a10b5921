import type {HistogramSample, Labels, Metric} from '../ports/metrics.js';

/** Of Prometheus's text format, version 0.0.4. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in Prometheus's text format; those of one name, from several sources, come together. */
export function prometheusText(metrics: readonly Metric[]): string {
  const families = new Map<string, string[]>();
  for (const metric of metrics) {
    const lines = families.get(metric.name) ?? headOf(metric);
    lines.push(...sampleLines(metric));
    families.set(metric.name, lines);
  }
  return [...families.values()].map(lines => `${lines.join('\n')}\n`).join('');
}

function headOf({name, help, type}: Metric): string[] {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`];
}

function sampleLines(metric: Metric): readonly string[] {
  const {name} = metric;
  if (metric.type === 'histogram') {
    return metric.samples.flatMap(sample => histogramLines(name, sample));
  }
  return metric.samples.map(({labels, value}) => line(name, labels, value));
}

function histogramLines(
  name: string,
  {labels, buckets, count, sum}: HistogramSample,
): readonly string[] {
  const bucket = (le: string, value: number) => line(`${name}_bucket`, {...labels, le}, value);
  return [
    ...buckets.map(each => bucket(String(each.max), each.count)),
    bucket('+Inf', count),
    line(`${name}_sum`, labels, sum),
    line(`${name}_count`, labels, count),
  ];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

/** Names of networks and stages are anybody's. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
