import type {Command} from 'commander';
import {processMetrics} from '../app/process-metrics.js';
import {type MetricsAddress, serveMetrics} from '../app/serve-metrics.js';
import {labelled, type Metric} from '../ports/metrics.js';
import {hostAndPort} from './parse-options.js';
import type {Console} from './report.js';

export interface MetricsFlags {
  readonly metrics?: MetricsAddress;
}

export interface MetricsSource {
  /** The name of this process among those that it tells of. */
  readonly process: string;
  collect(): Promise<readonly Metric[]>;
}

export function withMetricsOption(command: Command): Command {
  return command.option(
    '--metrics <[address:]port>',
    "serve Prometheus's metrics over HTTP there; 0: a free port",
    hostAndPort,
  );
}

/** Serves metrics if the options say so, and notes where. Gives what ends that. */
export async function startMetrics(
  {metrics}: MetricsFlags,
  {process, collect}: MetricsSource,
  console: Console,
): Promise<() => Promise<void>> {
  if (metrics === undefined) return async () => {};
  const server = await serveMetrics(metrics, async () => {
    return labelled([...(await collect()), ...processMetrics()], {process});
  });
  console.note(`metrics at ${server.url}`);
  return () => server.close();
}
