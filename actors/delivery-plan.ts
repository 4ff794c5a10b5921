import {clientIndex, type StageGraph} from '../schemas/stage-graph.js';
import {clientFrames, stageSources} from '../src/plan/stage-sources.js';

/** What every attempt over a stage graph has in common, worked out once. */
export interface DeliveryPlan {
  /** What the client sends to each stage that hears from it; a frame may carry nothing. */
  readonly frames: readonly {
    readonly stage: number;
    readonly tensors: readonly {readonly from: string; readonly as: string}[];
  }[];
  /** Stages that send to the client, one frame each. */
  readonly senders: readonly number[];
  /** All of them: if a request is measured, each sends to the client. */
  readonly stages: readonly number[];
  /** For each stage, the stages that it hears from. */
  readonly before: readonly (readonly number[])[];
  /** Stages that keep states. */
  readonly keepers: readonly number[];
  /** Network outputs that are network inputs: output to input. */
  readonly echoes: ReadonlyMap<string, string>;
}

const plans = new WeakMap<StageGraph, DeliveryPlan>();

export function deliveryPlan(stageGraph: StageGraph): DeliveryPlan {
  const known = plans.get(stageGraph);
  if (known !== undefined) return known;
  const plan = makePlan(stageGraph);
  plans.set(stageGraph, plan);
  return plan;
}

function makePlan(stageGraph: StageGraph): DeliveryPlan {
  const toClient = stageGraph.edges.filter(edge => edge.to === clientIndex);
  const fromStages = toClient.filter(edge => edge.from !== clientIndex);
  const echoes = toClient.filter(edge => edge.from === clientIndex);
  const keeping = stageGraph.stages.filter(({states}) => states !== undefined);
  const keepers = keeping.map(({index}) => index);
  return {
    frames: clientFrames(stageGraph).map(({to, edges}) => ({
      stage: to,
      tensors: edges.map(({output, input}) => ({from: output, as: input})),
    })),
    stages: stageGraph.stages.map(({index}) => index),
    before: stageGraph.stages.map(({index}) =>
      stageSources(stageGraph, index).filter(source => source !== clientIndex),
    ),
    senders: [...new Set([...fromStages.map(edge => edge.from), ...keepers])],
    keepers,
    echoes: new Map(echoes.map(({input, output}) => [input, output])),
  };
}
