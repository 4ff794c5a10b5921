import {GivenUpNotice} from '../../actors/given-up-notice.js';
import {Guardian, type GuardianEvent} from '../../actors/guardian.js';
import {nodeAddress} from '../../schemas/addresses.js';
import {InferenceError} from '../errors.js';
import {ActorSystem} from '../kernel/actor-system.js';
import type {Log, LogLevel} from '../ports/log.js';
import type {Metric} from '../ports/metrics.js';
import {createLocalTransport} from '../wire/local-transport.js';
import {connectNats} from '../wire/nats-transport.js';
import {announcedService} from './announced-service.js';
import {type ConnectOptions, natsOptions} from './connect-options.js';
import {DeviceProcesses} from './device-processes.js';
import type {CacheOptions} from './node-cache.js';
import {locatePlugin} from './plugin-module.js';
import {checkPlugin, foundPlugins} from './plugins.js';
import {systemClock, systemRandom, systemTimers} from './system-world.js';

export interface NodeOptions {
  /** Unique in the cluster: letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** Kinds of devices; `CPU`, `WASM`, and `GPU` where there is one, if left out. */
  readonly devices?: readonly string[];
  /** More plugins: paths of modules, or names of npm packages, seen from the working folder. */
  readonly plugins?: readonly string[];
  readonly connect: ConnectOptions;
  readonly cache?: CacheOptions;
  readonly log: Log;
  /** Of the device processes, which log by themselves, to stderr. Default: `warn`. */
  readonly logLevel?: LogLevel;
}

export interface RunningNode {
  /** Names of the devices that were found at the start. */
  readonly devices: readonly string[];
  /** Rejects with DEVICE_LOST once no plugin is left: each has died too often to be started again. */
  readonly failed: Promise<never>;
  /** Of its device processes; one that does not answer in time is left out. */
  metrics(): Promise<readonly Metric[]>;
  /** Ends the device processes in order. */
  close(): Promise<void>;
}

const guardianSettings = {
  executor: 'processes',
  restartDelayMsMin: 200,
  restartDelayMsMax: 10_000,
  restartsMax: 5,
  windowMs: 120_000,
};

const noticeMs = 1000;

/**
 * Runs a node: one process for each plugin, started again when it dies. Rejects with UNKNOWN_DEVICE,
 * FILE_UNREADABLE, or what the first start of a plugin failed with.
 */
export async function runNode(options: NodeOptions): Promise<RunningNode> {
  const {name, log, connect, plugins = [], cache = {}, logLevel = 'warn'} = options;
  if (!/^[\w.-]{1,64}$/.test(name)) {
    const text = `a node's name: expected letters, digits, - _ . (at most 64), given '${name}'`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  options.devices?.forEach(checkPlugin);
  const devices = options.devices ?? (await foundPlugins());
  const modules = plugins.map(specifier => locatePlugin(specifier, process.cwd()));
  const children = [...new Set([...devices, ...modules])];
  const setting = {kind: 'start', node: name, connect, cache, logLevel} as const;
  const processes = new DeviceProcesses((plugin, restarts) => ({...setting, plugin, restarts}));
  const nats = natsOptions(connect);
  const wire = await connectNats({...nats, timers: systemTimers});
  const transport = createLocalTransport();
  const world = {transport, clock: systemClock, timers: systemTimers, log};
  const system = new ActorSystem(world);
  const outside = new ActorSystem({...world, transport: wire});
  system.provide(guardianSettings.executor, processes);
  const close = async () => {
    system.close();
    outside.close();
    await processes.close();
    await transport.close();
    await wire.close();
  };
  const ready = processes.firstReady(children);
  const givenUp = (child: string, why: string) => {
    const notice = {node: name, devices: processes.giveUp(child), why, heartbeatMs: noticeMs};
    outside.spawn(nodeAddress(systemRandom.id()), new GivenUpNotice(notice));
  };
  const failed = superviseDevices(system, children, {givenUp, log});
  try {
    const found = distinct(await ready);
    warnOfAbsent(devices, found, log);
    const collect = () => processes.metrics();
    const {cluster} = nats;
    await wire.announce(announcedService({role: 'node', name, cluster, collect, log}));
    return {devices: found, failed, metrics: collect, close};
  } catch (error) {
    await close();
    throw error;
  }
}

/** Throws INVALID_ARGUMENT if two plugins name their devices alike, UNKNOWN_DEVICE if there are none. */
function distinct(devices: readonly string[]): readonly string[] {
  if (devices.length === 0) {
    throw new InferenceError('UNKNOWN_DEVICE', 'expected a device, none was found on this host');
  }
  const twice = devices.find((device, index) => devices.indexOf(device) !== index);
  if (twice === undefined) return devices;
  throw new InferenceError('INVALID_ARGUMENT', `two plugins of the node name a device ${twice}`);
}

function warnOfAbsent(kinds: readonly string[], devices: readonly string[], log: Log): void {
  const found = devices.map(device => /\/(\w+)/.exec(device)?.[1]);
  for (const kind of kinds.filter(each => !found.includes(each))) {
    log.write('warn', 'no device of this kind was found', {kind});
  }
}

/** Rejects when all of `children` are given up. */
function superviseDevices(
  system: ActorSystem,
  children: readonly string[],
  {givenUp, log}: {readonly log: Log; givenUp(child: string, why: string): void},
): Promise<never> {
  const left = new Set(children);
  const failed = new Promise<never>((_, reject) => {
    system.spawn('guardian', new Guardian({children, ...guardianSettings}), given => {
      const event = given as GuardianEvent;
      logEvent(log, event);
      if (event.kind === 'givenUp') {
        left.delete(event.child);
        givenUp(event.child, event.why);
      }
      const text = `no device is left: the process of ${event.child} ended too often: ${event.why}`;
      if (left.size === 0) reject(new InferenceError('DEVICE_LOST', text));
    });
  });
  failed.catch(() => {});
  return failed;
}

function logEvent(log: Log, event: GuardianEvent): void {
  const {child, why} = event;
  if (event.kind === 'givenUp') log.write('error', 'device process given up', {child, why});
  else log.write('warn', 'device process ended', {child, why, restartInMs: event.delayMs});
}
