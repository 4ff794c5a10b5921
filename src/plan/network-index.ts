import type {NetworkGraph, Operation} from '../../schemas/network-graph.js';
import {InferenceError, invariant} from '../errors.js';
import {listNames} from './list-names.js';

/** A network by index: operations are numbered as they stand, in topological order. */
export interface NetworkIndex {
  readonly graph: NetworkGraph;
  /** The operation that makes a value; initializers and network inputs have none. */
  readonly producers: ReadonlyMap<string, number>;
  /** For each operation, those whose values it reads, each once. */
  readonly sources: readonly (readonly number[])[];
}

/** Throws INVALID_NETWORK if operations are out of order or read what nothing makes. */
export function indexNetwork(graph: NetworkGraph): NetworkIndex {
  const given = new Set([...graph.inputs, ...graph.overridable, ...graph.initializers.keys()]);
  const producers = new Map<string, number>();
  const sources = graph.operations.map((operation, index) => {
    const from = new Set<number>();
    for (const value of operation.inputs) {
      const producer = producers.get(value);
      if (producer !== undefined) from.add(producer);
      else if (!given.has(value))
        throw madeByNothing(graph, `operation '${operation.name}'`, value);
    }
    for (const value of operation.outputs) producers.set(value, index);
    return [...from];
  });
  for (const value of graph.outputs) {
    if (!producers.has(value) && !given.has(value)) throw madeByNothing(graph, 'an output', value);
  }
  return {graph, producers, sources};
}

export function operationAt(index: NetworkIndex, at: number): Operation {
  const operation = index.graph.operations[at];
  invariant(operation, `no operation ${at} in network '${index.graph.name}'`);
  return operation;
}

function madeByNothing(graph: NetworkGraph, reader: string, value: string): InferenceError {
  return new InferenceError(
    'INVALID_NETWORK',
    `network '${graph.name}': ${reader} reads '${value}', which no input (${listNames(
      graph.inputs,
    )}), initializer or earlier operation makes`,
  );
}
