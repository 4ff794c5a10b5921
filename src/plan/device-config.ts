import type {ConfigMap} from '../../schemas/config.js';
import {isForDevices} from '../../schemas/properties.js';
import {InferenceError} from '../errors.js';
import {type NamedDevice, parseDeviceExpression} from './device-expression.js';
import {type DeviceIdentity, matchesDevice} from './resolve-device.js';

/** A config key for some devices only: `CPU.NUM_STREAMS`, `host-a/GPU.1.NUM_STREAMS`. */
export interface ScopedKey {
  readonly device: NamedDevice;
  readonly key: string;
}

/** `text` as a scoped key; undefined for a key without a device. Throws INVALID_DEVICE. */
export function parseScopedKey(text: string): ScopedKey | undefined {
  const dot = text.lastIndexOf('.');
  if (dot === -1) return undefined;
  const device = parseDeviceExpression(text.slice(0, dot));
  if (device.form === 'device') return {device, key: text.slice(dot + 1)};
  const why = `expected the name of a device before its last dot, given ${device.form.toUpperCase()}`;
  throw new InferenceError('INVALID_DEVICE', `config ${text}: ${why}`);
}

/**
 * What `config` means for one device: keys for all devices, then those for its kind, then those for
 * its number, then those for its host; what is nearer to the device counts. Without keys that are
 * about the network as a whole.
 */
export function configOf(device: DeviceIdentity, config: ConfigMap): ConfigMap {
  const entries = Object.entries(config).flatMap(([text, value]) => {
    const scoped = parseScopedKey(text);
    if (!isForDevices(scoped?.key ?? text)) return [];
    if (scoped === undefined) return [{key: text, value, nearness: 0}];
    if (!matchesDevice(scoped.device, device)) return [];
    return [{key: scoped.key, value, nearness: nearness(scoped.device)}];
  });
  entries.sort((a, b) => a.nearness - b.nearness);
  return Object.fromEntries(entries.map(({key, value}) => [key, value]));
}

function nearness({node, id}: NamedDevice): number {
  return 1 + (id === null ? 0 : 1) + (node === null ? 0 : 2);
}

/** The keys of `config` that are for all devices. */
export function sharedConfig(config: ConfigMap): ConfigMap {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !key.includes('.')));
}
