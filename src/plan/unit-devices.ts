import {InferenceError} from '../errors.js';
import type {AtomicUnits} from './atomic-units.js';
import {listNames} from './list-names.js';
import {type NetworkIndex, operationAt} from './network-index.js';

/**
 * The device of each unit under `affinity`. Throws AFFINITY_INCOMPLETE if an operation has none and
 * INVALID_ARGUMENT if a value that is no tensor would have to cross between devices.
 */
export function unitDevices(
  index: NetworkIndex,
  units: AtomicUnits,
  affinity: ReadonlyMap<string, string>,
): readonly string[] {
  const deviceOf = (operation: number) => affinity.get(operationAt(index, operation).name);
  const missing = units.units.flat().filter(operation => deviceOf(operation) === undefined);
  if (missing.length > 0) throw incomplete(index, missing, units.units.flat().length);
  return units.units.map((unit, at) => {
    const devices = new Set(unit.map(operation => deviceOf(operation) ?? ''));
    const [device] = devices;
    if (device === undefined || devices.size > 1) throw parted(index, units, at, affinity);
    return device;
  });
}

function incomplete(index: NetworkIndex, missing: readonly number[], all: number): InferenceError {
  const names = missing.toSorted((a, b) => a - b).map(at => operationAt(index, at).name);
  return new InferenceError(
    'AFFINITY_INCOMPLETE',
    `expected a device for each of ${all} operations of network '${index.graph.name}' ` +
      `(constants need none), given none for ${names.length}: ${listNames(names, 50)}`,
  );
}

function parted(
  index: NetworkIndex,
  units: AtomicUnits,
  at: number,
  affinity: ReadonlyMap<string, string>,
): InferenceError {
  const nameOf = (operation: number) => operationAt(index, operation).name;
  const deviceOf = (operation: number) => affinity.get(nameOf(operation));
  const ties = units.ties.filter(({producer}) => units.unitOf[producer] === at);
  const tie = ties.find(tie => deviceOf(tie.producer) !== deviceOf(tie.consumer)) ?? ties[0];
  if (tie === undefined)
    return new InferenceError('INTERNAL', 'a unit of operations without a tie');
  const place = (operation: number) => `'${nameOf(operation)}' on ${deviceOf(operation)}`;
  const direct = deviceOf(tie.producer) !== deviceOf(tie.consumer);
  const away = (units.units[at] ?? []).filter(one => deviceOf(one) !== deviceOf(tie.producer));
  const through = direct
    ? ''
    : `, and a path between them leaves that device through ${listNames(away.map(nameOf))}`;
  return new InferenceError(
    'INVALID_ARGUMENT',
    `expected one device for operations that share a value which cannot travel (no tensor, of ` +
      `unknown type, or in BATCH not a row for each request), given value '${tie.value}' from ` +
      `${place(tie.producer)} to ${place(tie.consumer)}${through}`,
    {operation: nameOf(tie.producer)},
  );
}
