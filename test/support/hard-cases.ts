import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {StageGraph} from '../../src/index.js';

/** What makes splitting hard, by name: whether a split network has it. */
export const hardCases: Readonly<
  Record<string, (stageGraph: StageGraph, graph: NetworkGraph) => boolean>
> = {
  'four stages or more': ({stages}) => stages.length >= 4,
  'an input that two stages read': ({edges}) =>
    repeats(edges.filter(({from, optional}) => from < 0 && !optional).map(({output}) => output)),
  'a value that two stages read': ({edges}) =>
    repeats(edges.filter(({from, to}) => from >= 0 && to >= 0).map(({output}) => output)),
  'an output that is used inside': ({edges}) => {
    const inside = edges.filter(({from, to}) => from >= 0 && to >= 0).map(({output}) => output);
    return edges.some(({to, output}) => to < 0 && inside.includes(output));
  },
  'a skip past a stage': ({edges}) => edges.some(({from, to}) => from >= 0 && to > from + 1),
  'outputs of several stages': ({edges}) =>
    new Set(edges.filter(({to}) => to < 0).map(({from}) => from)).size > 1,
  'an overridable initializer that two stages read': ({edges}) =>
    repeats(edges.filter(({optional}) => optional).map(({output}) => output)),
  'a constant made in two stages': ({stages}) => repeats(stages.flatMap(s => s.operations)),
  'a control flow operation that captures what another stage makes': ({stages}, {operations}) =>
    operations
      .filter(({type}) => ['If', 'Loop', 'Scan'].includes(type))
      .some(operation => readsAcross(operation, stages)),
  'values other than floating-point numbers between stages': ({stages}) =>
    stages.some(({inputs, index}) => index > 0 && inputs.some(({type}) => type !== 'f32')),
  'a sequence in a network of several stages': ({stages}, {operations}) =>
    stages.length > 1 && operations.some(({type}) => type === 'SequenceConstruct'),
  'a local function in a network of several stages': ({stages}, {operations}) =>
    stages.length > 1 && operations.some(({type}) => type.startsWith('local.')),
};

function repeats(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

function readsAcross(
  {name, inputs}: NetworkGraph['operations'][number],
  stages: StageGraph['stages'],
): boolean {
  const stage = stages.find(({operations}) => operations.includes(name));
  const earlier = stages.filter(each => each !== stage).flatMap(({outputs}) => outputs);
  return earlier.some(output => inputs.includes(output.name));
}
