import {type AtomicUnits, atomicUnits, type Tie} from './atomic-units.js';
import type {OperationRoles} from './constants.js';
import type {NetworkIndex} from './network-index.js';

/**
 * Units that keep quantised patterns whole, but for those that cannot stay so: where `fits` refuses
 * a unit, what only patterns held together comes apart.
 */
export function wholePatterns(
  index: NetworkIndex,
  roles: OperationRoles,
  patterns: readonly Tie[],
  fits: (unit: readonly number[]) => boolean,
): AtomicUnits {
  const units = atomicUnits(index, roles, patterns);
  if (patterns.length === 0) return units;
  const held = new Set(patterns.map(({producer}) => units.unitOf[producer] ?? -1));
  const apart = new Set([...held].filter(unit => !fits(units.units[unit] ?? [])));
  if (apart.size === 0) return units;
  const kept = patterns.filter(({producer}) => !apart.has(units.unitOf[producer] ?? -1));
  return atomicUnits(index, roles, kept);
}
