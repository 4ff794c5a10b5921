import type {DeviceDescription} from '../../schemas/device.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import {availableDevices} from './available-devices.js';
import {formatDeviceExpression, type NamedDevice} from './device-expression.js';
import {listNames} from './list-names.js';

/** `GPU.2` before `GPU.10`. */
const byNumber = new Intl.Collator('en', {numeric: true});

/** What sets a device of a cluster apart from the others. */
export type DeviceIdentity = Pick<DeviceDescription, 'node' | 'kind' | 'id'>;

/**
 * The devices of a cluster that `name` means, sorted by name: `CPU` that of every node, `GPU` the
 * first of every node, `GPU.1` the one of that number, `host-a/CPU` one. Throws UNKNOWN_DEVICE if
 * there is none.
 */
export function resolveDevice(
  name: NamedDevice,
  devices: readonly DeviceDescription[],
): readonly DeviceDescription[] {
  const named = namedDevices(name, devices);
  return name.id === null ? firstOfNodes(named) : named;
}

/** The same, but of several devices of a kind on a node every one. */
export function namedDevices(
  name: NamedDevice,
  devices: readonly DeviceDescription[],
): readonly DeviceDescription[] {
  const matching = devices.filter(device => matchesDevice(name, device));
  if (matching.length === 0) throw unknownDevice(formatDeviceExpression(name), devices);
  return matching.sort((a, b) => byNumber.compare(a.name, b.name));
}

/** Of several devices on a node, the first in their order, which is that of their numbers. */
function firstOfNodes(devices: readonly DeviceDescription[]): readonly DeviceDescription[] {
  const nodes = new Set<string>();
  return devices.filter(({node}) => {
    const first = !nodes.has(node);
    nodes.add(node);
    return first;
  });
}

/** Whether `name` means `device`. `GPU.0` also means the only GPU of a node, whose id is empty. */
export function matchesDevice(name: NamedDevice, device: DeviceIdentity): boolean {
  if (name.kind !== device.kind) return false;
  if (name.node !== null && name.node !== device.node) return false;
  return name.id === null || name.id === device.id || (name.id === '0' && device.id === '');
}

function unknownDevice(asked: string, devices: readonly DeviceDescription[]): InferenceError {
  const available = availableDevices(devices);
  const nearest = nearestName(asked, available);
  return new InferenceError(
    'UNKNOWN_DEVICE',
    `expected a device of the cluster, given '${asked}'` +
      `${nearest === undefined ? '' : ` (did you mean '${nearest}'?)`}; ` +
      `there ${available.length === 0 ? 'are none' : `are ${listNames(available)}`}`,
  );
}
