import type {AtomicUnits} from './atomic-units.js';
import {bytesOfOne} from './bytes-of-one.js';
import type {OperationRoles} from './constants.js';
import type {DeviceSupport} from './device-support.js';
import {type NetworkIndex, operationAt} from './network-index.js';
import {RangeMinimum} from './range-minimum.js';

/** A connection: how long until the first byte arrives, and bytes per millisecond after it. */
export interface Link {
  readonly latencyMs: number;
  readonly bytesPerMs: number;
}

/** A network, what planning does with its operations, and which of them stay together. */
export interface UnitNetwork {
  readonly index: NetworkIndex;
  readonly roles: OperationRoles;
  readonly units: AtomicUnits;
}

/** What a partition of a network's units, in their topological order, is measured by. */
export interface PipelineCosts {
  /** How many there are. */
  readonly units: number;
  /** Work of all units before each place between units, the ends included; never falls. */
  readonly workBefore: Float64Array;
  /** Bytes that cross each place between units, each value once. */
  readonly bytesAcross: RangeMinimum;
  /** For each device the first unit from each place on that it does not take. */
  readonly refusedFrom: readonly Int32Array[];
}

export function pipelineCosts(
  network: UnitNetwork,
  work: (operation: number) => number,
  devices: readonly DeviceSupport[],
): PipelineCosts {
  const {units} = network;
  const count = units.units.length;
  const workBefore = new Float64Array(count + 1);
  units.units.forEach((unit, at) => {
    const sum = unit.reduce((total, operation) => total + work(operation), 0);
    workBefore[at + 1] = (workBefore[at] ?? 0) + sum;
  });
  return {
    units: count,
    workBefore,
    bytesAcross: new RangeMinimum(bytesAcross(network)),
    refusedFrom: devices.map(device => refusedFrom(units, device)),
  };
}

/** Dimensions that are not known count as 1, tensors of strings or of unknown rank as nothing. */
export function assumedBytes({graph}: NetworkIndex, value: string): number {
  const info = graph.values.get(value);
  return info?.kind === 'tensor' ? (bytesOfOne({...info, name: value}) ?? 0) : 0;
}

/** Milliseconds for `bytes` over `link`. */
export function transferMs({latencyMs, bytesPerMs}: Link, bytes: number): number {
  return latencyMs + bytes / bytesPerMs;
}

function bytesAcross({index, roles, units}: UnitNetwork): Float64Array {
  const lastReader = new Map<string, number>();
  units.units.forEach((unit, at) => {
    for (const value of unit.flatMap(operation => operationAt(index, operation).inputs)) {
      lastReader.set(value, at);
    }
  });
  const across = new Float64Array(units.units.length + 1);
  for (const [value, last] of lastReader) {
    const producer = index.producers.get(value);
    if (producer === undefined || roles.constant[producer] === true) continue;
    const maker = units.unitOf[producer] ?? -1;
    const bytes = assumedBytes(index, value);
    across[maker + 1] = (across[maker + 1] ?? 0) + bytes;
    across[last + 1] = (across[last + 1] ?? 0) - bytes;
  }
  let sum = 0;
  return across.map(change => {
    sum += change;
    return sum;
  });
}

function refusedFrom(units: AtomicUnits, device: DeviceSupport): Int32Array {
  const count = units.units.length;
  const from = new Int32Array(count + 1).fill(count);
  for (let at = count - 1; at >= 0; at--) {
    const refused = units.units[at]?.some(operation => device.refusal(operation) !== undefined);
    from[at] = refused ? at : (from[at + 1] ?? count);
  }
  return from;
}
