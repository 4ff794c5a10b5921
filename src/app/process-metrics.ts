import {monitorEventLoopDelay} from 'node:perf_hooks';
import type {Metric} from '../ports/metrics.js';

const resolutionMs = 10;
const loopDelay = monitorEventLoopDelay({resolution: resolutionMs});

/** Of this process as a whole, named as Prometheus's clients name them; to be labelled. */
export function processMetrics(): readonly Metric[] {
  const {user, system} = process.cpuUsage();
  const one = (type: 'counter' | 'gauge', name: string, help: string, value: number): Metric => {
    return {type, name, help, samples: [{labels: {}, value}]};
  };
  return [
    one('counter', 'process_cpu_seconds_total', 'Processor time used.', (user + system) / 1e6),
    one(
      'gauge',
      'process_resident_memory_bytes',
      'Memory that is resident.',
      process.memoryUsage.rss(),
    ),
    one('gauge', 'process_uptime_seconds', 'Time since the process started.', process.uptime()),
    one(
      'gauge',
      'nodejs_eventloop_lag_p99_seconds',
      'How late timers were, 99th percentile since the last look.',
      lagSeconds(),
    ),
  ];
}

/** Measuring begins with the first look. */
function lagSeconds(): number {
  loopDelay.enable();
  const lateNs = loopDelay.count === 0 ? 0 : loopDelay.percentile(99) - resolutionMs * 1e6;
  loopDelay.reset();
  return Math.max(0, lateNs / 1e9);
}
