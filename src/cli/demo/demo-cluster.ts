import {Core} from '../../app/core.js';
import {ensureNatsServer} from '../../app/ensure-nats-server.js';
import {startNatsServer} from '../../app/start-nats-server.js';
import {InferenceError} from '../../errors.js';
import type {Closers} from '../closers.js';
import {connectOptions, type ServerOptions} from '../cluster-options.js';
import type {Console} from '../report.js';
import {ChildProcesses} from './child-processes.js';

/** A cluster with the devices that the demonstration uses. */
export interface DemoCluster {
  readonly core: Core;
  readonly servers: string;
  /** Rejects if a process of the cluster dies. */
  readonly died: Promise<never>;
}

const wantedKinds = ['WASM', 'CPU'];
/** For nodes to start; those of a cluster that runs already are there. */
const startTimeoutMs = 60_000;
const joinTimeoutMs = 10_000;
const pollMs = 100;

/** Starts nats-server, a coordinator and two nodes as separate processes on this host. */
export async function startDemoCluster(console: Console, closers: Closers): Promise<DemoCluster> {
  await ensureNatsServer(console.note);
  const server = await startNatsServer();
  closers.add(() => server.stop());
  const children = new ChildProcesses();
  closers.add(() => children.stop());
  const servers = ['--servers', server.url];
  children.start('coordinator', ...servers);
  children.start('node', ...servers, '--name', 'edge-a', '--devices', 'WASM');
  children.start('node', ...servers, '--name', 'edge-b', '--devices', 'CPU');
  const core = await connect({servers: server.url, cluster: 'default'}, closers);
  const {died} = children;
  await Promise.race([untilDevices(core, startTimeoutMs), died]);
  return {core, servers: server.url, died};
}

/** Joins a cluster that runs already. Rejects with UNKNOWN_DEVICE if it lacks the devices. */
export async function joinDemoCluster(
  options: ServerOptions,
  closers: Closers,
): Promise<DemoCluster> {
  const core = await connect(options, closers);
  await untilDevices(core, joinTimeoutMs);
  return {core, servers: options.servers, died: new Promise(() => {})};
}

async function connect(options: ServerOptions, closers: Closers): Promise<Core> {
  const core = await Core.connect(connectOptions(options, 'demo'));
  closers.add(() => core.close());
  return core;
}

async function untilDevices(core: Core, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const kinds = new Set((await core.getDeviceDescriptions()).map(({kind}) => kind));
    const missing = wantedKinds.filter(kind => !kinds.has(kind));
    if (missing.length === 0) return;
    if (performance.now() > until) {
      const text = `expected devices ${wantedKinds.join(', ')}, none of kind ${missing.join(', ')}`;
      throw new InferenceError('UNKNOWN_DEVICE', text);
    }
    await new Promise(resolve => setTimeout(resolve, pollMs));
  }
}
