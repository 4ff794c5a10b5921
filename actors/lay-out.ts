import type {Deployment, DeploymentRecord} from '../schemas/deployment.js';
import type {DeviceDescription} from '../schemas/device.js';
import {
  type Destination,
  type DeviceMessage,
  type LoadAnswer,
  loadAnswerSchema,
  type StageOrder,
} from '../schemas/messages/device.js';
import type {NetworkRef} from '../schemas/network-blob.js';
import {clientIndex, type Edge, type Stage, type StageGraph} from '../schemas/stage-graph.js';
import type {TensorInfo} from '../schemas/tensor.js';
import {InferenceError, invariant} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {configOf} from '../src/plan/device-config.js';
import {stageSources} from '../src/plan/stage-sources.js';
import {tensorInfos} from '../src/plan/tensor-infos.js';
import type {ExtractedPart, PlannerTask} from './planner-task.js';
import type {Split} from './split.js';

export interface LayOutOptions {
  readonly id: string;
  /** Name of the executor for PlannerTasks. */
  readonly planner: string;
  addressOf(stage: number): string;
}

/** Compiling a stage may take this long. */
const loadTimeoutMs = 300_000;
const unloadTimeoutMs = 30_000;

const parseLoadAnswer = messageParser(loadAnswerSchema, 'answer to a load');

/** A deployment and what its devices are told to load, stage by stage. */
export interface Prepared {
  readonly deployment: Deployment;
  readonly orders: readonly StageOrder[];
}

/** Stores the network of every stage and says where each will be. */
export function* prepareStages(split: Split, options: LayOutOptions): Flow<Prepared> {
  const networks = yield* extractStages(split, options.planner);
  const stageGraph = placeStages(split, options);
  const orders = stageGraph.stages.map(stage =>
    stageOrder(split, {stageGraph, stage, network: networks[stage.index], id: options.id}),
  );
  return {deployment: describe(split, options.id, stageGraph), orders};
}

/**
 * Loads every stage on its device, and gives the answers by the stages' addresses. Throws the first
 * failure, once all have answered.
 */
export function* loadStages(
  split: Split,
  orders: readonly StageOrder[],
): Flow<ReadonlyMap<string, LoadAnswer>> {
  const placed = orders.map(order => ({order, device: deviceOf(split, order.index)}));
  const questions = placed.map(({order, device}) => loadQuestion(device, order));
  const outcomes = (yield {wait: 'ask', questions}) as Outcome[];
  const answers = new Map<string, LoadAnswer>();
  for (const [at, {order, device}] of placed.entries()) {
    const outcome = outcomes[at];
    if (outcome?.ok) answers.set(order.address, parseLoadAnswer(outcome.value));
    else throw InferenceError.from(outcome?.error).at({stage: order.name, device: device.name});
  }
  return answers;
}

/** A deployment whose replicas tell what their devices answered, by their addresses. */
export function withAnswers(
  deployment: Deployment,
  answers: ReadonlyMap<string, LoadAnswer>,
): Deployment {
  const stages = deployment.stageGraph.stages.map((stage): Stage => {
    const replicas = stage.replicas.map(replica => ({...replica, ...answers.get(replica.address)}));
    return {...stage, replicas};
  });
  return {...deployment, stageGraph: {...deployment.stageGraph, stages}};
}

/** Asks every device to end these stages; devices that are gone need not. */
export function* releaseStages(
  {replicas}: DeploymentRecord,
  devices: readonly DeviceDescription[],
): Flow<void> {
  const byName = new Map(devices.map(device => [device.name, device]));
  const questions = replicas.flatMap(replica => {
    const device = byName.get(replica.device);
    return device === undefined ? [] : [unloadQuestion(device, replica.address)];
  });
  yield {wait: 'ask', questions};
}

/** One stored network for each stage, in the order of the stage graph. */
function* extractStages(split: Split, planner: string): Flow<readonly NetworkRef[]> {
  const {inspection, cuts, stageGraph} = split;
  const executed = stageGraph.stages.filter(stage => stage.role === 'execute');
  const parts = cuts.map(
    (cut, index): ExtractedPart => ({
      name: `${inspection.graph.name}/${executed[index]?.name}`,
      operations: cut.operations,
      inputs: cut.inputs,
      outputs: cut.outputs,
      overridable: cut.overridable,
    }),
  );
  const task: PlannerTask = {kind: 'extract', network: inspection.network, parts};
  const extracted = (yield {wait: 'run', executor: planner, task}) as NetworkRef[];
  const unused = extracted.values();
  return stageGraph.stages.map(({role}) => {
    const network = role === 'execute' ? unused.next().value : split.inspection[role]?.network;
    invariant(network !== undefined, `a ${role} stage has no network`);
    return network;
  });
}

function deviceOf(split: Split, stage: number): DeviceDescription {
  const label = split.stageGraph.stages[stage]?.device;
  const chosen = split.chosen.find(candidate => candidate.label === label);
  invariant(chosen !== undefined, `stage ${stage} is on ${label}, which is no candidate`);
  return chosen.device;
}

function placeStages(split: Split, options: LayOutOptions): StageGraph {
  const stages = split.stageGraph.stages.map((stage): Stage => {
    const {name: device, node} = deviceOf(split, stage.index);
    return {...stage, replicas: [{device, node, address: options.addressOf(stage.index)}]};
  });
  return {...split.stageGraph, stages};
}

function stageOrder(
  split: Split,
  of: {
    readonly stageGraph: StageGraph;
    readonly stage: Stage;
    readonly network: NetworkRef | undefined;
    readonly id: string;
  },
): StageOrder {
  const {stage, stageGraph, network} = of;
  const {index, role, name, inputs, overridable} = stage;
  const address = stage.replicas[0]?.address;
  invariant(network !== undefined && address !== undefined, `${name} is not placed`);
  return {
    address,
    deployment: of.id,
    index,
    role,
    name,
    network,
    config: configOf(deviceOf(split, index), split.order.config),
    inputs,
    overridable,
    sources: stageSources(stageGraph, index),
    destinations: destinationsOf(stageGraph, index),
  };
}

function destinationsOf({stages, edges}: StageGraph, from: number): Destination[] {
  const byTarget = new Map<number, Edge[]>();
  for (const edge of edges.filter(edge => edge.from === from)) {
    byTarget.set(edge.to, [...(byTarget.get(edge.to) ?? []), edge]);
  }
  return [...byTarget].map(([to, between]) => ({
    to,
    replicas: to === clientIndex ? [] : (stages[to]?.replicas ?? []).map(({address}) => address),
    tensors: between.map(({output, input}) => ({output, input})),
  }));
}

function loadQuestion(device: DeviceDescription, stage: StageOrder): Question {
  return {
    to: device.address,
    timeoutMs: loadTimeoutMs,
    absent: () => gone(device),
    message: (ask): DeviceMessage => ({kind: 'load', ask, stage}),
  };
}

function unloadQuestion(device: DeviceDescription, address: string): Question {
  return {
    to: device.address,
    timeoutMs: unloadTimeoutMs,
    absent: () => gone(device),
    message: (ask): DeviceMessage => ({kind: 'unload', ask, address}),
  };
}

function gone({name}: DeviceDescription): InferenceError {
  return new InferenceError('DEVICE_LOST', `${name} is gone`, {device: name});
}

function describe(split: Split, id: string, stageGraph: StageGraph): Deployment {
  const {graph, clientInputs, postprocess} = split.inspection;
  const replacedOutputs = infosByName(postprocess?.part.outputs ?? []);
  return {
    id,
    epoch: 0,
    network: graph.name,
    device: split.order.device,
    config: split.order.config,
    inputs: tensorInfos(graph, graph.inputs).flatMap(info => clientInputs.get(info.name) ?? [info]),
    overridable: tensorInfos(graph, graph.overridable),
    outputs: tensorInfos(graph, graph.outputs).map(info => replacedOutputs.get(info.name) ?? info),
    stageGraph,
  };
}

function infosByName(infos: readonly TensorInfo[]): ReadonlyMap<string, TensorInfo> {
  return new Map(infos.map(info => [info.name, info]));
}
