import test from 'ava';
import type {ExportedNetwork, ExportedVariant} from '../../../../schemas/exported-network.js';
import type {Edge, Stage} from '../../../../schemas/stage-graph.js';
import {checkExported} from '../../../../src/plan/check-exported.js';
import {payloadRefs} from '../../../../src/plan/payload-refs.js';
import {exportedNetwork} from '../../../support/exported-network.js';
import {
  chain,
  diamondWithSkip,
  echo,
  echoAlone,
  overridable,
  sourceless,
  twoOutputs,
} from '../../../support/stage-graphs.js';

test('whatever graph of stages can be loaded can be imported', t => {
  for (const graph of [chain, diamondWithSkip, echo, echoAlone, overridable, sourceless]) {
    t.notThrows(() => checkExported(exportedNetwork(graph())), graph.name);
  }
  t.notThrows(() => checkExported(exportedNetwork(twoOutputs())));
});

test('what stages are made of is named once, however many share it', t => {
  const refs = payloadRefs(exportedNetwork());
  t.is(refs.length, 3);
  t.is(new Set(refs.map(({digest}) => digest)).size, 3);
});

type Change = (variant: ExportedVariant) => ExportedVariant;

const changeEdges =
  (change: (edges: readonly Edge[]) => readonly Edge[]): Change =>
  variant => ({
    ...variant,
    stageGraph: {...variant.stageGraph, edges: change(variant.stageGraph.edges)},
  });

const changeStages =
  (change: (stages: readonly Stage[]) => readonly Stage[]): Change =>
  variant => ({
    ...variant,
    stageGraph: {...variant.stageGraph, stages: change(variant.stageGraph.stages)},
  });

const faults: Readonly<Record<string, Change>> = {
  'an edge from a stage that is not there': changeEdges(edges =>
    edges.map((edge, at) => (at === 2 ? {...edge, from: 9} : edge)),
  ),
  'an edge to a stage that is not there': changeEdges(edges =>
    edges.map((edge, at) => (at === 2 ? {...edge, to: 9} : edge)),
  ),
  'an edge that nothing makes': changeEdges(edges =>
    edges.map((edge, at) => (at === 2 ? {...edge, output: 'nothing'} : edge)),
  ),
  'an edge that nobody reads': changeEdges(edges =>
    edges.map((edge, at) => (at === 2 ? {...edge, input: 'nothing'} : edge)),
  ),
  'an input that is never fed': changeEdges(edges => edges.filter(({to}) => to !== 3)),
  'an output that is never given': changeEdges(edges => edges.filter(({to}) => to !== -1)),
  'an input that is fed twice': changeEdges(edges => [...edges, ...edges.slice(2, 3)]),
  'a state that its stage does not make': changeStages(stages =>
    stages.map(stage => ({...stage, states: [{name: 'x', input: 'x', output: 'nothing'}]})),
  ),
  'stages in disorder': changeStages(stages => stages.toReversed()),
  'a stage with a number of another': changeStages(stages =>
    stages.map(stage => ({...stage, index: 0})),
  ),
  'fewer payloads than stages': variant => ({...variant, stages: variant.stages.slice(1)}),
  'a stage of nothing': variant => ({
    ...variant,
    stages: variant.stages.map(stage => ({...stage, network: null, compiled: null})),
  }),
  'stages that wait for each other': variant => {
    const {stages, edges} = variant.stageGraph;
    const info = {name: 'back', type: 'f32', shape: [1]} as const;
    const back = {from: 3, output: 'back', to: 0, input: 'back', optional: false, bytes: 4};
    return {
      ...variant,
      stageGraph: {
        stages: stages.map(stage => ({
          ...stage,
          inputs: stage.index === 0 ? [...stage.inputs, info] : stage.inputs,
          outputs: stage.index === 3 ? [...stage.outputs, info] : stage.outputs,
        })),
        edges: [...edges, back],
      },
    };
  },
};

for (const [what, change] of Object.entries(faults)) {
  test(`${what} is refused`, t => {
    const network = exportedNetwork();
    const spoilt: ExportedNetwork = {...network, variants: network.variants.map(change)};
    t.throws(() => checkExported(spoilt), {code: 'INVALID_BLOB'});
  });
}
