import type {NetworkGraph} from '../../schemas/network-graph.js';
import {indexNetwork, type NetworkIndex} from './network-index.js';

/** What planning does with each operation, by index. */
export interface OperationRoles {
  /**
   * It depends on no required network input and on no random operation, itself included: its values
   * are constants, never shipped, made again in each stage that reads them.
   */
  readonly constant: readonly boolean[];
  /**
   * It belongs to one stage: a network output depends on it, and it is no constant or makes a
   * network output itself.
   */
  readonly placed: readonly boolean[];
}

export function operationRoles(
  graph: NetworkGraph,
  index: NetworkIndex = indexNetwork(graph),
): OperationRoles {
  const required = new Set(graph.inputs);
  const constant: boolean[] = [];
  graph.operations.forEach((operation, at) => {
    const sources = index.sources[at] ?? [];
    const free = !operation.random && !operation.inputs.some(value => required.has(value));
    constant.push(free && sources.every(source => constant[source]));
  });
  const outputs = new Set(graph.outputs);
  const needed = neededOperations(graph, index);
  const placed = graph.operations.map(
    (operation, at) =>
      needed[at] === true &&
      (constant[at] === false || operation.outputs.some(value => outputs.has(value))),
  );
  return {constant, placed};
}

/** The operations that a network output depends on. */
function neededOperations(graph: NetworkGraph, index: NetworkIndex): readonly boolean[] {
  const needed = graph.operations.map(() => false);
  for (const value of graph.outputs) {
    const producer = index.producers.get(value);
    if (producer !== undefined) needed[producer] = true;
  }
  for (let at = needed.length - 1; at >= 0; at--) {
    if (needed[at] !== true) continue;
    for (const source of index.sources[at] ?? []) needed[source] = true;
  }
  return needed;
}
