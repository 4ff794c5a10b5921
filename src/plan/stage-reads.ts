import type {OperationRoles} from './constants.js';
import {type NetworkIndex, operationAt} from './network-index.js';

/** What a stage runs and where it has its values from. */
export interface StageReads {
  /** The placed operations of the stage and all constant operations that they need, ascending. */
  readonly operations: readonly number[];
  readonly networkInputs: readonly string[];
  /** Values of operations that are not in the stage. */
  readonly cutValues: readonly string[];
  readonly initializers: ReadonlySet<string>;
}

export function stageReads(
  index: NetworkIndex,
  roles: OperationRoles,
  placed: readonly number[],
): StageReads {
  const inside = withConstants(index, roles, placed);
  const operations = [...inside].sort((a, b) => a - b);
  const networkInputs = new Set<string>();
  const cutValues = new Set<string>();
  const initializers = new Set<string>();
  for (const value of operations.flatMap(at => operationAt(index, at).inputs)) {
    const producer = index.producers.get(value);
    if (producer !== undefined) {
      if (!inside.has(producer)) cutValues.add(value);
    } else if (index.graph.initializers.has(value)) initializers.add(value);
    else networkInputs.add(value);
  }
  return {
    operations,
    networkInputs: [...networkInputs],
    cutValues: [...cutValues],
    initializers,
  };
}

function withConstants(
  index: NetworkIndex,
  roles: OperationRoles,
  placed: readonly number[],
): ReadonlySet<number> {
  const inside = new Set(placed);
  // A set yields what is added to it while it is walked.
  for (const operation of inside) {
    for (const source of index.sources[operation] ?? []) {
      if (roles.constant[source] === true) inside.add(source);
    }
  }
  return inside;
}
