import type {OperationSupport} from '../../schemas/device.js';
import type {ValueInfo} from '../../schemas/network-graph.js';
import type {Network} from '../../src/network/network.js';
import {singleOperation} from '../../src/network/single-operation.js';
import type {Backend} from './backend.js';
import {type Opening, openNetwork} from './open-network.js';
import {operationGroup, producerOf} from './operation-group.js';
import {valueInfoOfOrt} from './tensor-info.js';

export interface Trial {
  /** One for each operation, in their order. */
  readonly support: readonly OperationSupport[];
  /** What the file and the operations that could be opened say of values. */
  readonly values: ReadonlyMap<string, ValueInfo>;
}

/** Opens operation after operation, each with the types that those before it were found to make. */
export async function tryOperations(backend: Backend, network: Network): Promise<Trial> {
  const values = new Map(network.graph.values);
  const failed = new Set<number>();
  const support: OperationSupport[] = [];
  for (const [index, operation] of network.graph.operations.entries()) {
    const opening = await tryOperation(backend, network, index, {values, failed});
    if (opening.opened) {
      for (const name of operation.outputs) learn(values, name, opening.outputs);
      support.push({name: operation.name, supported: true});
    } else {
      failed.add(index);
      support.push({name: operation.name, supported: false, reason: opening.reason});
    }
  }
  return {support, values};
}

interface Known {
  readonly values: ReadonlyMap<string, ValueInfo>;
  readonly failed: ReadonlySet<number>;
}

async function tryOperation(
  backend: Backend,
  network: Network,
  index: number,
  {values, failed}: Known,
): Promise<Opening> {
  const model =
    singleOperation(network, index, values) ?? operationGroup(network, index, values, failed);
  if (model !== undefined) return openNetwork(backend, model);
  return {opened: false, reason: unknownInput(network, index, {values, failed})};
}

/** A value's type as a session says it; what the file says of its shape stays if it says more. */
function learn(
  values: Map<string, ValueInfo>,
  name: string,
  outputs: (Opening & {opened: true})['outputs'],
): void {
  const said = outputs === 'untold' ? undefined : outputs.find(output => output.name === name);
  const info = said === undefined ? undefined : valueInfoOfOrt(said, () => false);
  const known = values.get(name);
  if (info?.kind === 'tensor' && info.shape === null && known?.kind === 'tensor') return;
  if (info !== undefined || known === undefined) values.set(name, info ?? {kind: 'other'});
}

function unknownInput(network: Network, index: number, {values, failed}: Known): string {
  const inputs = network.graph.operations[index]?.inputs ?? [];
  const {initializers, operations} = network.graph;
  const unknown = inputs.find(
    name => values.get(name)?.kind !== 'tensor' && !initializers.has(name),
  );
  const producer = producerOf(network, unknown ?? '');
  const reason = `the type of its input ${unknown} is not known`;
  if (producer === undefined || !failed.has(producer)) return reason;
  return `${reason}: it comes from ${operations[producer]?.name}, which is not supported`;
}
