import type {NetworkGraph} from '../../schemas/network-graph.js';
import {InferenceError} from '../errors.js';
import type {Assignment} from './assignment.js';
import {atomicUnits} from './atomic-units.js';
import {operationRoles} from './constants.js';
import {type Candidate, DeviceSupport} from './device-support.js';
import {FallbackPolicy} from './fallback-policy.js';
import {type Affinity, assignManually} from './manual-affinity.js';
import {indexNetwork} from './network-index.js';
import {quantizedPatterns} from './quantized-patterns.js';
import {wholePatterns} from './whole-patterns.js';

export type {Assignment} from './assignment.js';
export type {Candidate} from './device-support.js';

export interface AffinityRequest {
  readonly graph: NetworkGraph;
  /** In priority order; the last is the fallback. */
  readonly candidates: readonly Candidate[];
  /** Manual affinity, operation to device: all or nothing, constants may be left out. */
  readonly affinity?: Affinity;
}

/**
 * HETERO's fallback policy: each operation goes to the first device that supports it and every
 * constant that it needs; operations that share a value which is no tensor go together, and so do
 * those of a quantised pattern if some device takes them all. Manual affinity, if any is given, is
 * taken as it is.
 *
 * Throws UNSUPPORTED_OPERATIONS, and UNKNOWN_DEVICE if there are no candidates; under manual
 * affinity also AFFINITY_INCOMPLETE, UNKNOWN_OPERATION, UNKNOWN_DEVICE for a device that is no
 * candidate, and INVALID_ARGUMENT for a value that is no tensor between devices.
 */
export function assignByFallback({graph, candidates, affinity}: AffinityRequest): Assignment {
  if (candidates.length === 0) {
    const message = `expected at least one device for network '${graph.name}', given none`;
    throw new InferenceError('UNKNOWN_DEVICE', message);
  }
  const index = indexNetwork(graph);
  const roles = operationRoles(graph, index);
  const devices = new Map(
    candidates.map(candidate => [candidate.device, once(() => support(candidate))]),
  );
  const support = (candidate: Candidate) => new DeviceSupport(candidate, index, roles);
  if (affinity !== undefined && affinity.size > 0) {
    return assignManually(index, atomicUnits(index, roles), affinity, devices);
  }
  const asked = [...devices.values()];
  const units = wholePatterns(index, roles, quantizedPatterns(index, roles), unit =>
    asked.some(device => device().takes(unit)),
  );
  return new FallbackPolicy(index, units).assign(asked);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
