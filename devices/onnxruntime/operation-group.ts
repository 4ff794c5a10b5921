import type {ValueInfo} from '../../schemas/network-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {extractStage} from '../../src/network/extract-stage.js';
import type {Network} from '../../src/network/network.js';

/** Operations that are tried together at most. */
const groupMax = 64;

/**
 * A model of operation `index` together with those that make what it reads, as far back as that is
 * no tensor whose type can be declared (a sequence, bfloat16). Undefined if that needs an operation
 * that `failed`, a value whose type is not known, or too many operations.
 */
export function operationGroup(
  network: Network,
  index: number,
  values: ReadonlyMap<string, ValueInfo>,
  failed: ReadonlySet<number>,
): Uint8Array | undefined {
  const {operations, initializers} = network.graph;
  const group = new Set([index]);
  const inputs = new Map<string, TensorInfo>();
  for (const member of group) {
    for (const name of operations[member]?.inputs ?? []) {
      const info = values.get(name);
      const producer = producerOf(network, name);
      if (initializers.has(name)) continue;
      if (info?.kind === 'tensor') inputs.set(name, {name, type: info.type, shape: info.shape});
      else if (producer === undefined || failed.has(producer)) return undefined;
      else group.add(producer);
    }
    if (group.size > groupMax) return undefined;
  }
  const part = {
    name: operations[index]?.name ?? '',
    operations: [...group],
    inputs: [...inputs.values()].filter(({name}) => !isMadeBy(network, group, name)),
    outputs: operations[index]?.outputs ?? [],
    overridable: [],
  };
  return extractStage(network, part, values).model;
}

/** Index of the operation that makes a value; undefined for inputs and initializers. */
export function producerOf(network: Network, value: string): number | undefined {
  const index = network.graph.operations.findIndex(({outputs}) => outputs.includes(value));
  return index === -1 ? undefined : index;
}

function isMadeBy(network: Network, group: ReadonlySet<number>, value: string): boolean {
  const producer = producerOf(network, value);
  return producer !== undefined && group.has(producer);
}
