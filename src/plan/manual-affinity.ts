import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import type {Assignment} from './assignment.js';
import type {AtomicUnits} from './atomic-units.js';
import type {DeviceSupport} from './device-support.js';
import {listNames} from './list-names.js';
import {type NetworkIndex, operationAt} from './network-index.js';
import {unitDevices} from './unit-devices.js';
import {
  formatRefusal,
  type RefusedOperation,
  unsupportedOperations,
} from './unsupported-operations.js';

/** Operation to device, as a user gave it. */
export type Affinity = ReadonlyMap<string, string>;

/** The given affinity without constants and what no output needs, checked. */
export function assignManually(
  index: NetworkIndex,
  units: AtomicUnits,
  affinity: Affinity,
  devices: ReadonlyMap<string, () => DeviceSupport>,
): Assignment {
  checkOperations(index, affinity);
  const placed = units.units.flat();
  const chosen = new Map<string, string>();
  for (const operation of placed.toSorted((a, b) => a - b)) {
    const {name} = operationAt(index, operation);
    const device = affinity.get(name);
    if (device !== undefined) chosen.set(name, device);
  }
  checkDevices(chosen, [...devices.keys()]);
  // First what no device takes: nobody knows the type of what comes out of it, so that it also seems
  // to be no tensor, which could not be parted.
  if (chosen.size === placed.length) checkSupport(index, placed, chosen, devices);
  unitDevices(index, units, chosen);
  const reasons = new Map([...chosen.keys()].map(name => [name, 'the given affinity says so']));
  return {affinity: chosen, reasons};
}

function checkOperations(index: NetworkIndex, affinity: Affinity): void {
  const known = new Set(index.graph.operations.map(({name}) => name));
  const unknown = [...affinity.keys()].filter(name => !known.has(name));
  const [first] = unknown;
  if (first === undefined) return;
  const nearest = nearestName(first, known);
  throw new InferenceError(
    'UNKNOWN_OPERATION',
    `expected operations of network '${index.graph.name}' in the affinity, given ` +
      `${listNames(unknown)}${nearest === undefined ? '' : ` (did you mean '${nearest}'?)`}`,
    {operation: first},
  );
}

function checkDevices(chosen: Affinity, known: readonly string[]): void {
  for (const [operation, device] of chosen) {
    if (known.includes(device)) continue;
    const nearest = nearestName(device, known);
    throw new InferenceError(
      'UNKNOWN_DEVICE',
      `expected one of the devices ${listNames(known)} for operation '${operation}', given ` +
        `'${device}'${nearest === undefined ? '' : ` (did you mean '${nearest}'?)`}`,
      {operation, device},
    );
  }
}

function checkSupport(
  index: NetworkIndex,
  placed: readonly number[],
  chosen: Affinity,
  devices: ReadonlyMap<string, () => DeviceSupport>,
): void {
  const support = new Map<string, DeviceSupport>();
  const refused: RefusedOperation[] = [];
  for (const operation of placed.toSorted((a, b) => a - b)) {
    const device = chosen.get(operationAt(index, operation).name) ?? '';
    const answer = support.get(device) ?? devices.get(device)?.();
    if (answer === undefined) continue;
    support.set(device, answer);
    const refusal = answer.refusal(operation);
    if (refusal !== undefined) {
      refused.push({operation, refusals: [formatRefusal(device, refusal)]});
    }
  }
  if (refused.length > 0) throw unsupportedOperations(index, refused);
}
