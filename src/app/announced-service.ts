import type {Log} from '../ports/log.js';
import type {Metric} from '../ports/metrics.js';
import type {NatsService} from '../wire/nats-service.js';
import {packageVersion} from './package-version.js';
import {prometheusText} from './prometheus-text.js';

export interface Announced {
  readonly role: 'coordinator' | 'node';
  /** A node's name, or a coordinator's id. */
  readonly name: string;
  readonly cluster: string;
  collect(): Promise<readonly Metric[]>;
  readonly log: Log;
}

/** A process of a cluster as `nats micro` shows it. */
export function announcedService({role, name, cluster, collect, log}: Announced): NatsService {
  return {
    name: `heterodyne-${role}`,
    version: packageVersion(),
    description: `${role} ${name} of the cluster ${cluster}`,
    metadata: {cluster, [role]: name},
    stats: async () => totals(await collect()),
    metrics: async () => prometheusText(await collect()),
    refused: reason => log.write('info', 'not announced to nats micro', {reason}),
  };
}

/** Each metric summed over its labels; of a histogram, the count. */
function totals(metrics: readonly Metric[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const {name, samples} of metrics) {
    const sum = samples.reduce((so, each) => so + ('value' in each ? each.value : each.count), 0);
    sums.set(name, (sums.get(name) ?? 0) + sum);
  }
  return Object.fromEntries(sums);
}
