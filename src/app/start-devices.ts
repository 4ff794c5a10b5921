import {Device} from '../../actors/device.js';
import {deviceAddress} from '../../schemas/addresses.js';
import {
  type DeviceDescription,
  deviceIdPattern,
  localName,
  stagesMax,
} from '../../schemas/device.js';
import {InferenceError} from '../errors.js';
import type {ActorSystem} from '../kernel/actor-system.js';
import type {Plugin, PluginDevice} from '../plugin/plugin.js';
import type {BulkStore} from '../ports/bulk-store.js';
import {type Log, silentLog} from '../ports/log.js';
import type {Random} from '../ports/random.js';
import {type CacheOptions, nodeCache} from './node-cache.js';
import {PluginHost} from './plugin-host.js';

export interface StartDevicesOptions {
  readonly node: string;
  readonly plugin: Plugin;
  readonly system: ActorSystem;
  readonly bulk: BulkStore;
  readonly random: Random;
  readonly cache?: CacheOptions;
  /** How often the process of these devices was started before. Default: 0. */
  readonly restarts?: number;
  readonly log?: Log;
  /** A kernel does not end; default: it keeps its place. */
  readonly onStuck?: () => void;
}

export interface StartedDevices {
  readonly devices: readonly DeviceDescription[];
  /** Says goodbye and serves on until others do its work, but not for ever; then `close` it. */
  leave(): Promise<void>;
  /** Says goodbye, settles what runs, ends the kernels. */
  close(): Promise<void>;
}

const heartbeatMs = 1000;
const leaseMs = 4000;
const idleMs = 1000;
const leaveMsMax = 15_000;

/** Starts a device actor for each device that the plugin finds on this host. */
export async function startDevices(options: StartDevicesOptions): Promise<StartedDevices> {
  const {node, plugin, system, bulk, random, log = silentLog} = options;
  const cache = nodeCache(options.cache ?? {}, log);
  const host = new PluginHost({plugin, bulk, system, cache, log, onStuck: options.onStuck});
  const executor = `plugin.${plugin.name}`;
  system.provide(executor, host);
  const close = () => {
    system.withdraw(executor);
    return host.close();
  };
  const found = await findDevices(plugin).catch(async error => {
    await close();
    throw error;
  });
  const devices = found.map(({id, fullName, capabilities}): DeviceDescription => {
    return {
      name: `${node}/${localName(plugin.name, id)}`,
      node,
      kind: plugin.name,
      id,
      fullName,
      plugin: plugin.name,
      pluginVersion: plugin.version,
      address: deviceAddress(random.id()),
      restarts: options.restarts ?? 0,
      capabilities: [...capabilities],
    };
  });
  const leaving: (() => Promise<void>)[] = [];
  for (const description of devices) {
    const times = {heartbeatMs, leaseMs, idleMs, leaveMsMax};
    const settings = {plugin: executor, stagesMax, traces: system.traces, ...times};
    const {address} = description;
    const left = new Promise<void>(resolve => {
      system.spawn(address, new Device({description, ...settings}), () => resolve());
    });
    leaving.push(() => {
      system.tell(address, {kind: 'leave'});
      return left;
    });
  }
  return {
    devices,
    async leave() {
      await Promise.all(leaving.map(leave => leave()));
    },
    async close() {
      for (const {address} of devices) system.stop(address);
      await close();
    },
  };
}

/** Rejects with INVALID_ARGUMENT if the devices cannot be told apart by their ids. */
async function findDevices(plugin: Plugin): Promise<readonly PluginDevice[]> {
  const devices = await plugin.devices();
  const ids = devices.map(({id}) => id);
  const wrong = ids.find((id, at) => !deviceIdPattern.test(id) || ids.indexOf(id) !== at);
  if (wrong === undefined) return devices;
  const text =
    `plugin ${plugin.name}: expected a device id of letters and digits (at most 32) of its own, ` +
    `given '${wrong}'`;
  throw new InferenceError('INVALID_ARGUMENT', text);
}
