import type {NetworkGraph} from '../../schemas/network-graph.js';
import {type OperationRoles, operationRoles} from './constants.js';
import {type Candidate, DeviceSupport} from './device-support.js';
import {DisjointSets} from './disjoint-sets.js';
import type {Affinity} from './manual-affinity.js';
import {indexNetwork, type NetworkIndex, operationAt} from './network-index.js';
import {quantizedPatterns} from './quantized-patterns.js';

/** How a network's operations were changed since a user named them. */
export interface Rewrite {
  /** For each operation that was made, the one that it stands for. */
  readonly made: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/** An affinity, and why operations are where the user did not put them. */
export interface FollowedAffinity {
  readonly affinity: Affinity;
  readonly reasons: ReadonlyMap<string, string>;
}

/**
 * An affinity that was given for a network as it holds for the network that was made of it: what is
 * gone is left out, what was made goes where it stands for, and each quantised pattern goes with
 * the operation in it that computes, if the device there takes all of the pattern.
 */
export function followPatterns(
  graph: NetworkGraph,
  candidates: readonly Candidate[],
  {affinity, rewrite}: {readonly affinity: Affinity; readonly rewrite: Rewrite},
): FollowedAffinity {
  const reasons = new Map<string, string>();
  if (affinity.size === 0) return {affinity, reasons};
  const followed = new Map(affinity);
  for (const name of rewrite.removed) followed.delete(name);
  for (const [name, origin] of rewrite.made) {
    const device = affinity.get(origin);
    if (device === undefined) continue;
    followed.set(name, device);
    reasons.set(name, `the given affinity says so for '${origin}', which it is made of`);
  }
  const index = indexNetwork(graph);
  const roles = operationRoles(graph, index);
  const support = new Map(
    candidates.map(each => [each.device, new DeviceSupport(each, index, roles)]),
  );
  for (const group of patternGroups(index, roles)) {
    const anchor = group.find(at => !isQuantization(index, at)) ?? group[0] ?? -1;
    const {name: leader} = operationAt(index, anchor);
    const device = followed.get(leader);
    if (device === undefined || support.get(device)?.takes(group) !== true) continue;
    for (const at of group) {
      const {name} = operationAt(index, at);
      if (followed.get(name) === device) continue;
      followed.set(name, device);
      reasons.set(name, `goes with '${leader}', whose quantised pattern is not cut`);
    }
  }
  return {affinity: followed, reasons};
}

/** Operations of each pattern, ascending. */
function patternGroups(index: NetworkIndex, roles: OperationRoles): readonly (readonly number[])[] {
  const sets = new DisjointSets(roles.placed.length);
  const ties = quantizedPatterns(index, roles);
  for (const {producer, consumer} of ties) sets.join(producer, consumer);
  const groups = new Map<number, number[]>();
  const tied = new Set(ties.flatMap(({producer, consumer}) => [producer, consumer]));
  for (const at of [...tied].sort((a, b) => a - b)) {
    const set = sets.find(at);
    const group = groups.get(set);
    if (group === undefined) groups.set(set, [at]);
    else group.push(at);
  }
  return [...groups.values()];
}

function isQuantization(index: NetworkIndex, at: number): boolean {
  return /[Qq]uantizeLinear$/.test(operationAt(index, at).type);
}
