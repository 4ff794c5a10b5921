import {setTimeout as delay} from 'node:timers/promises';
import {Core} from '../src/app/core.js';
import {ensureNatsServer} from '../src/app/ensure-nats-server.js';
import {startNatsServer} from '../src/app/start-nats-server.js';
import {ChildProcesses} from '../src/cli/demo/child-processes.js';

export interface Cluster {
  readonly core: Core;
  readonly servers: string;
  close(): Promise<void>;
}

const devicesTimeoutMs = 60_000;
const pollMs = 50;

/** nats-server, a coordinator and a node of CPUs, each a process of its own on this host. */
export async function startCluster(): Promise<Cluster> {
  await ensureNatsServer(line => process.stderr.write(`${line}\n`));
  const server = await startNatsServer();
  const children = new ChildProcesses();
  const stop = async () => {
    await children.stop();
    await server.stop();
  };
  try {
    const servers = ['--servers', server.url];
    children.start('coordinator', ...servers);
    children.start('node', ...servers, '--name', 'bench', '--devices', 'CPU');
    const core = await Core.connect({servers: server.url});
    await Promise.race([untilDevices(core), children.died]);
    const close = async () => {
      await core.close();
      await stop();
    };
    return {core, servers: server.url, close};
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilDevices(core: Core): Promise<void> {
  const until = performance.now() + devicesTimeoutMs;
  while ((await core.getDeviceDescriptions()).length === 0) {
    if (performance.now() > until) throw new Error('Expected a device in the cluster, found none.');
    await delay(pollMs);
  }
}
