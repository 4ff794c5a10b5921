import {randomUUID} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ConnectOptions} from '../../src/app/connect-options.js';
import {runCoordinator} from '../../src/app/run-coordinator.js';
import {runNode} from '../../src/app/run-node.js';
import {type ClientOptions, Core, InferenceError} from '../../src/index.js';
import {silentLog} from '../../src/ports/log.js';
import {sharedNats} from './nats.js';

export interface NatsCluster {
  connect(options?: ClientOptions): Promise<Core>;
  close(): Promise<void>;
}

/**
 * A cluster on the file's nats-server: a coordinator in this process, and two nodes, each with the
 * process of one device.
 */
export async function startNatsCluster(
  bounds: Pick<ConnectOptions, 'frameBytesMax'> = {},
): Promise<NatsCluster> {
  const cache = await mkdtemp(join(tmpdir(), 'heterodyne-cache-'));
  // Device processes inherit it.
  process.env['XDG_CACHE_HOME'] = cache;
  const {url} = await sharedNats();
  const connect: ConnectOptions = {servers: url, cluster: randomUUID(), ...bounds};
  const running = await Promise.all([
    runCoordinator(connect, silentLog),
    runNode({name: 'host-a', devices: ['CPU'], connect, log: silentLog}),
    runNode({name: 'host-b', devices: ['WASM'], connect, log: silentLog}),
  ]);
  const cluster = {
    connect: (options: ClientOptions = {}) => Core.connect({...connect, ...options}),
    async close() {
      for (const each of running.toReversed()) await each.close();
      await rm(cache, {recursive: true, force: true});
    },
  };
  await untilDevicesAreThere(cluster);
  return cluster;
}

/** Devices are known from their first heartbeat on. */
async function untilDevicesAreThere(cluster: NatsCluster): Promise<void> {
  const core = await cluster.connect();
  try {
    for (;;) {
      const devices = await core.getDeviceDescriptions().catch(error => {
        if (error instanceof InferenceError && error.retryable) return [];
        throw error;
      });
      if (devices.length === 2) return;
    }
  } finally {
    await core.close();
  }
}
