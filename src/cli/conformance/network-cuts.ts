import type {NetworkGraph} from '../../../schemas/network-graph.js';
import {operationRoles} from '../../plan/constants.js';

/** One way to part a network's operations between two devices. */
export interface NetworkCut {
  /** Where it is, for messages: `before 'relu_3'`. */
  readonly label: string;
  /** For each operation that needs a device, whether it goes to the first of the two. */
  readonly first: ReadonlyMap<string, boolean>;
}

/**
 * Every cut of a network in two along its topological order; then, if that is another one, the one
 * that parts each operation from the next. Constants are left out: they go with their readers.
 */
export function networkCuts(graph: NetworkGraph): readonly NetworkCut[] {
  const {placed} = operationRoles(graph);
  const names = graph.operations.filter((_, at) => placed[at]).map(({name}) => name);
  const cut = (label: string, isFirst: (at: number) => boolean): NetworkCut => ({
    label,
    first: new Map(names.map((name, at) => [name, isFirst(at)])),
  });
  const cuts = names.slice(1).map((name, index) => cut(`before '${name}'`, at => at <= index));
  if (names.length > 2) cuts.push(cut('at every operation', at => at % 2 === 0));
  return cuts;
}
