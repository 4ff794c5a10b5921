import type {OperationRoles} from './constants.js';
import {DisjointSets} from './disjoint-sets.js';
import {type NetworkIndex, operationAt} from './network-index.js';
import {stronglyConnected} from './strongly-connected.js';

/** A value that keeps the operation that makes it and one that reads it in one stage. */
export interface Tie {
  readonly value: string;
  readonly producer: number;
  readonly consumer: number;
}

/** The placed operations of a network in units that no cut may part. */
export interface AtomicUnits {
  /** In topological order; the operations of each ascending. */
  readonly units: readonly (readonly number[])[];
  /** For each operation its unit, or -1 if it is not placed. */
  readonly unitOf: readonly number[];
  /** For each unit the units whose values it reads, each once. */
  readonly sources: readonly (readonly number[])[];
  /** Values that are no tensors, or of unknown type. */
  readonly ties: readonly Tie[];
}

/**
 * Joins operations that share a value which is no tensor or which is inside one of `patterns`, and
 * whatever lies on a path that leaves such operations and comes back: the strongly connected
 * components once tied operations are one.
 */
export function atomicUnits(
  index: NetworkIndex,
  roles: OperationRoles,
  patterns: readonly Tie[] = [],
): AtomicUnits {
  const ties = findTies(index, roles);
  const sets = new DisjointSets(roles.placed.length);
  for (const {producer, consumer} of [...ties, ...patterns]) sets.join(producer, consumer);
  const sources = roles.placed.map(() => [] as number[]);
  forEachDependency(index, roles, (source, reader) => {
    sources[sets.find(reader)]?.push(sets.find(source));
  });
  // What is not placed is a component of its own; a tied operation is found through its set.
  const members = groupBySet(sets, roles);
  const units = stronglyConnected(sources)
    .map(component => component.flatMap(set => members.get(set) ?? []).sort((a, b) => a - b))
    .filter(unit => unit.length > 0);
  const unitOf = roles.placed.map(() => -1);
  units.forEach((unit, at) => {
    for (const operation of unit) unitOf[operation] = at;
  });
  return {units, unitOf, sources: unitSources(index, roles, unitOf, units.length), ties};
}

function findTies(index: NetworkIndex, roles: OperationRoles): readonly Tie[] {
  const ties: Tie[] = [];
  const {values} = index.graph;
  roles.placed.forEach((placed, consumer) => {
    if (!placed) return;
    for (const value of operationAt(index, consumer).inputs) {
      const producer = index.producers.get(value);
      if (producer === undefined || roles.constant[producer] === true) continue;
      if (values.get(value)?.kind !== 'tensor') ties.push({value, producer, consumer});
    }
  });
  return ties;
}

/** Every pair of operations of which the second, placed, reads from the first, no constant. */
function forEachDependency(
  index: NetworkIndex,
  roles: OperationRoles,
  call: (source: number, reader: number) => void,
): void {
  roles.placed.forEach((placed, reader) => {
    if (!placed) return;
    for (const source of index.sources[reader] ?? []) {
      if (roles.constant[source] === false) call(source, reader);
    }
  });
}

function groupBySet(
  sets: DisjointSets,
  roles: OperationRoles,
): ReadonlyMap<number, readonly number[]> {
  const members = new Map<number, number[]>();
  roles.placed.forEach((placed, operation) => {
    if (!placed) return;
    const set = sets.find(operation);
    const group = members.get(set);
    if (group === undefined) members.set(set, [operation]);
    else group.push(operation);
  });
  return members;
}

function unitSources(
  index: NetworkIndex,
  roles: OperationRoles,
  unitOf: readonly number[],
  count: number,
): readonly (readonly number[])[] {
  const sources = Array.from({length: count}, () => new Set<number>());
  forEachDependency(index, roles, (source, reader) => {
    const [from, to] = [unitOf[source] ?? -1, unitOf[reader] ?? -1];
    if (from !== to) sources[to]?.add(from);
  });
  return sources.map(set => [...set]);
}
