import {ActorSystem} from '../kernel/actor-system.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {Clock} from '../ports/clock.js';
import type {Log} from '../ports/log.js';
import type {SpanRecorder} from '../ports/span-recorder.js';
import type {Timers} from '../ports/timers.js';
import {openNatsBulkStore} from '../wire/nats-bulk-store.js';
import {connectNats, type NatsTransport} from '../wire/nats-transport.js';
import {blobFolder} from './blob-folder.js';
import {type ConnectOptions, natsOptions} from './connect-options.js';
import {systemClock, systemTimers} from './system-world.js';

/** This process's place in a cluster. */
export interface Joined {
  readonly system: ActorSystem;
  readonly transport: NatsTransport;
  readonly bulk: BulkStore;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Stops every actor, then the connections. */
  leave(): Promise<void>;
}

/** Connects this process to a cluster over NATS. Rejects with NO_SERVER. */
export async function joinCluster(
  options: ConnectOptions,
  log: Log,
  spans?: SpanRecorder,
): Promise<Joined> {
  const nats = natsOptions(options);
  const world = {clock: systemClock, timers: systemTimers, log};
  const transport = await connectNats({...nats, timers: systemTimers});
  try {
    const bulk = await openNatsBulkStore({...nats, cacheFolder: blobFolder(nats.cluster)});
    const system = new ActorSystem({transport, ...world, spans});
    const leave = async () => {
      system.close();
      await transport.flush().catch(() => {});
      await transport.close();
      await bulk.close();
    };
    return {system, transport, bulk, ...world, leave};
  } catch (error) {
    await transport.close();
    throw error;
  }
}
