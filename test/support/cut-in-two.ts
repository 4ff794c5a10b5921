import type {NetworkGraph, ValueInfo} from '../../schemas/network-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import type {StagePart} from '../../src/network/extract-stage.js';
import type {Network} from '../../src/network/network.js';

type Values = ReadonlyMap<string, ValueInfo>;

/**
 * A network cut behind its first `count` operations, as two parts of which the second reads what it
 * needs of the first. What depends on no input is in both. Undefined if a value would cross that is
 * no tensor.
 */
export function cutInTwo(
  network: Network,
  count: number,
  values: Values,
): readonly [StagePart, StagePart] | undefined {
  const {graph} = network;
  const constants = constantOperations(graph);
  const indices = [...graph.operations.keys()];
  const first = indices.filter(index => index < count || constants.has(index));
  const second = indices.filter(index => index >= count || constants.has(index));
  const madeFirst = outputsOf(graph, first);
  const madeSecond = outputsOf(graph, second);
  const isCrossing = (name: string) => madeFirst.has(name) && !madeSecond.has(name);
  const crossing = [...readBy(graph, second)].filter(isCrossing);
  const infos = crossing.map(name => tensorInfo(name, values));
  if (!infos.every(info => info !== undefined)) return undefined;
  const firstOutputs = graph.outputs.filter(name => !madeSecond.has(name));
  return [
    partOf(network, 'first', first, [], [...new Set([...crossing, ...firstOutputs])]),
    partOf(
      network,
      'second',
      second,
      infos,
      graph.outputs.filter(name => madeSecond.has(name)),
    ),
  ];
}

function partOf(
  network: Network,
  name: string,
  operations: readonly number[],
  crossing: readonly TensorInfo[],
  outputs: readonly string[],
): StagePart {
  const read = readBy(network.graph, operations);
  return {
    name,
    operations,
    inputs: [...network.inputs.filter(input => read.has(input.name)), ...crossing],
    outputs,
    overridable: network.graph.overridable.filter(each => read.has(each)),
  };
}

/** Operations that depend on no input. */
function constantOperations({operations, inputs}: NetworkGraph): ReadonlySet<number> {
  const varying = new Set(inputs);
  const constants = new Set<number>();
  for (const [index, operation] of operations.entries()) {
    if (!operation.random && !operation.inputs.some(name => varying.has(name)))
      constants.add(index);
    else for (const name of operation.outputs) varying.add(name);
  }
  return constants;
}

function outputsOf({operations}: NetworkGraph, indices: readonly number[]): ReadonlySet<string> {
  return new Set(indices.flatMap(index => operations[index]?.outputs ?? []));
}

function readBy({operations}: NetworkGraph, indices: readonly number[]): ReadonlySet<string> {
  return new Set(indices.flatMap(index => operations[index]?.inputs ?? []));
}

function tensorInfo(name: string, values: Values): TensorInfo | undefined {
  const info = values.get(name);
  return info?.kind === 'tensor' ? {name, type: info.type, shape: info.shape} : undefined;
}
