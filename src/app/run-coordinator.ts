import type {Log} from '../ports/log.js';
import type {Metric} from '../ports/metrics.js';
import {openNatsStateStore} from '../wire/nats-state-store.js';
import {announcedService} from './announced-service.js';
import {type ConnectOptions, natsOptions} from './connect-options.js';
import {joinCluster} from './join-cluster.js';
import {Leadership} from './leadership.js';
import {startCoordinator} from './start-coordinator.js';
import {systemClock, systemRandom, systemTimers} from './system-world.js';

export interface RunningCoordinator {
  /** Whether it is the one that leads, now. */
  readonly leads: boolean;
  metrics(): readonly Metric[];
  /** Gives the lease back and leaves the cluster. */
  close(): Promise<void>;
}

const leaseMs = 3000;

/** Runs a coordinator in this process; of several, one leads. Rejects with NO_SERVER. */
export async function runCoordinator(
  options: ConnectOptions,
  log: Log,
): Promise<RunningCoordinator> {
  const id = systemRandom.id();
  const nats = natsOptions(options);
  const joined = await joinCluster(options, log);
  const state = await openNatsStateStore(nats).catch(async error => {
    await joined.leave();
    throw error;
  });
  const coordinator = startCoordinator({...joined, state, random: systemRandom});
  const leadership = new Leadership({
    state,
    id,
    leaseMs,
    clock: systemClock,
    timers: systemTimers,
    log,
    lead: (term, until) => coordinator.lead(term, until),
  });
  const metrics = (): readonly Metric[] => {
    const leads: Metric = {
      type: 'gauge',
      name: 'heterodyne_coordinator_leads',
      help: 'Whether this coordinator holds the lease.',
      samples: [{labels: {}, value: Number(leadership.leads)}],
    };
    return [leads, ...joined.system.metrics()];
  };
  const {cluster} = nats;
  const collect = async () => metrics();
  const announced = announcedService({role: 'coordinator', name: id, cluster, collect, log});
  const close = async () => {
    await leadership.close();
    await coordinator.close();
    await state.close();
    await joined.leave();
  };
  try {
    await joined.transport.announce(announced);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    get leads() {
      return leadership.leads;
    },
    metrics,
    close,
  };
}
