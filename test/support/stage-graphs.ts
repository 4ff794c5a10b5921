import {stageAddress} from '../../schemas/addresses.js';
import type {Deployment, Variant} from '../../schemas/deployment.js';
import type {StageOrder} from '../../schemas/messages/device.js';
import {clientIndex, type Edge, type Stage, type StageGraph} from '../../schemas/stage-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {stageSources} from '../../src/plan/stage-sources.js';

/** Deployments of small stage graphs; every tensor is f32[1,4]. */

// x -> [0] -> y
export function singleStage(): Deployment {
  return deploymentOf(['A'], 'client x -> 0 x', '0 y -> client y');
}

// x -> [0] -h-> [1] -> y
export function chain(): Deployment {
  return deploymentOf(['A', 'B'], 'client x -> 0 x', '0 h -> 1 h', '1 y -> client y');
}

//            +--h--> [1] --g--+
// x -> [0] --+                +--> [3] -> y
//            +--h--> [2] --k--+
//            +-------s--------+            the skip
export function diamondWithSkip(): Deployment {
  return deploymentOf(
    ['A', 'B', 'C', 'A'],
    'client x -> 0 x',
    '0 h -> 1 h',
    '0 h -> 2 h',
    '0 s -> 3 s',
    '1 g -> 3 g',
    '2 k -> 3 k',
    '3 y -> client y',
  );
}

//            +--> y
// x -> [0] --+
//            +-h-> [1] -> z       two stages owe the client an output
export function twoOutputs(): Deployment {
  return deploymentOf(
    ['A', 'B'],
    'client x -> 0 x',
    '0 y -> client y',
    '0 h -> 1 h',
    '1 z -> client z',
  );
}

// x -> [0] -> y        with two replicas of the stage
export function twoReplicas(): Deployment {
  return deploymentOf(['A*2'], 'client x -> 0 x', '0 y -> client y');
}

// x -> [0] -h-> [1] -> y       with two replicas of each
export function replicatedChain(): Deployment {
  return deploymentOf(['A*2', 'B*2'], 'client x -> 0 x', '0 h -> 1 h', '1 y -> client y');
}

// x -> [0] -> y
// x --------> x        an output that is an input
export function echo(): Deployment {
  return deploymentOf(['A'], 'client x -> 0 x', '0 y -> client y', 'client x -> client x');
}

// x --------> x        nothing is left to run
export function echoAlone(): Deployment {
  return deploymentOf([], 'client x -> client x');
}

// x, w? -> [0] -> y            w is an initializer that a request may override
export function overridable(): Deployment {
  return deploymentOf(['A'], 'client x -> 0 x', 'client w -> 0 w?', '0 y -> client y');
}

// [0] -> y     reads nothing: an empty frame starts it
export function sourceless(): Deployment {
  return deploymentOf(['A'], '0 y -> client y');
}

/** Stages as `DEVICE` or `DEVICE*REPLICAS`; edges as `0 h -> 1 h`, `?` after what is optional. */
function deploymentOf(devices: readonly string[], ...lines: readonly string[]): Deployment {
  const edges = lines.map(edgeOf);
  const stages = devices.map((text, index) => stageOf(text, index, edges));
  const named = (list: readonly Edge[], side: 'input' | 'output') =>
    [...new Set(list.map(edge => edge[side]))].map(infoOf);
  const fromClient = edges.filter(({from}) => from === clientIndex);
  return {
    id: 'D1',
    epoch: 0,
    network: 'drawn',
    device: devices.join(),
    config: {},
    inputs: named(
      fromClient.filter(({optional}) => !optional),
      'output',
    ),
    overridable: named(
      fromClient.filter(({optional}) => optional),
      'output',
    ),
    outputs: named(
      edges.filter(({to}) => to === clientIndex),
      'input',
    ),
    variants: [variantOf(0, {stages, edges})],
    schedule: 'DEVICE_PRIORITY',
    fallback: false,
    spare: false,
    lost: null,
    states: [],
    excluded: [],
  };
}

function variantOf(id: number, stageGraph: StageGraph): Variant {
  return {id, device: 'A', requestsOptimal: 1, requestsMax: null, batch: 1, stageGraph};
}

/** The stage graph of a deployment that has one. */
export function stageGraphOf({variants}: Deployment): StageGraph {
  const [variant] = variants;
  if (variant === undefined) throw new RangeError('no variant');
  return variant.stageGraph;
}

/** Several of them as one: the first, with the variants of all, each at addresses of its own. */
export function together(
  deployments: readonly Deployment[],
  rest: Partial<Deployment> = {},
): Deployment {
  const [first] = deployments;
  if (first === undefined) throw new RangeError('no deployment');
  const variants = deployments.map((deployment, id) => {
    const {edges, stages} = stageGraphOf(deployment);
    const moved = stages.map(stage => ({
      ...stage,
      replicas: stage.replicas.map((each, replica) => {
        const at = {variant: id, stage: stage.index, replica};
        return {...each, address: stageAddress('D1', at)};
      }),
    }));
    return variantOf(id, {stages: moved, edges});
  });
  return {...first, variants, ...rest};
}

function stageOf(text: string, index: number, edges: readonly Edge[]): Stage {
  const [device = '', count = '1'] = text.split('*');
  const into = edges.filter(({to}) => to === index);
  const replicas = Array.from({length: Number(count)}, (_, replica) => {
    const node = `host-${'abc'[replica]}`;
    const address = stageAddress('D1', {variant: 0, stage: index, replica});
    return {device: `${node}/${device}`, node, address};
  });
  return {
    index,
    role: 'execute',
    name: `stage${index} ${device}`,
    device,
    operations: [`operation${index}`],
    inputs: into.filter(({optional}) => !optional).map(({input}) => infoOf(input)),
    outputs: [...new Set(edges.filter(({from}) => from === index).map(edge => edge.output))].map(
      infoOf,
    ),
    overridable: into.filter(({optional}) => optional).map(({input}) => infoOf(input)),
    weightsBytes: 0,
    replicas,
  };
}

function edgeOf(line: string): Edge {
  const match = /^(client|\d+) (\w+) -> (client|\d+) (\w+)(\??)$/.exec(line);
  if (match === null) throw new RangeError(`no edge: ${line}`);
  const [, from, output = '', to, input = '', optional] = match;
  const place = (text?: string) => (text === 'client' ? clientIndex : Number(text));
  return {from: place(from), output, to: place(to), input, optional: optional === '?', bytes: 16};
}

function infoOf(name: string): TensorInfo {
  return {name, type: 'f32', shape: [1, 4]};
}

/** What a device is told to start one replica of a stage. */
export function orderOf(deployment: Deployment, index: number, replica = 0): StageOrder {
  const stageGraph = stageGraphOf(deployment);
  const stage = stageGraph.stages[index];
  const address = stage?.replicas[replica]?.address;
  if (stage === undefined || address === undefined) throw new RangeError(`no stage ${index}`);
  const {role, name, inputs, overridable: overridden} = stage;
  return {
    address,
    deployment: deployment.id,
    index,
    role,
    name,
    network: {model: {digest: '0'.repeat(64), bytes: 1}, weights: null},
    compiled: null,
    config: {},
    batch: 1,
    inputs,
    overridable: overridden,
    states: stage.states ?? [],
    sources: stageSources(stageGraph, index),
    destinations: destinationsOf(stageGraph, index),
  };
}

function destinationsOf({stages, edges}: StageGraph, from: number): StageOrder['destinations'] {
  const out = edges.filter(edge => edge.from === from);
  return [...new Set(out.map(({to}) => to))].map(to => ({
    to,
    replicas: (stages[to]?.replicas ?? []).map(({address}) => address),
    tensors: out.filter(edge => edge.to === to).map(({output, input}) => ({output, input})),
  }));
}
