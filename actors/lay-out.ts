import {stageAddress} from '../schemas/addresses.js';
import {type DeviceDescription, stagesMax} from '../schemas/device.js';
import {
  type Destination,
  type DeviceMessage,
  type LoadAnswer,
  loadAnswerSchema,
  type StageOrder,
} from '../schemas/messages/device.js';
import type {NetworkRef} from '../schemas/network-blob.js';
import {
  clientIndex,
  type Edge,
  type Replica,
  type Stage,
  type StageGraph,
} from '../schemas/stage-graph.js';
import {InferenceError, invariant} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {configOf} from '../src/plan/device-config.js';
import {stageSources} from '../src/plan/stage-sources.js';
import type {Wish} from '../src/plan/wish.js';
import type {ExtractedPart, PlannerTask} from './planner-task.js';
import {makeshiftOf, type Split} from './split.js';

export interface LayOutOptions {
  /** The deployment's. */
  readonly id: string;
  /** The variant's. */
  readonly variant: number;
  /** Name of the executor for PlannerTasks. */
  readonly planner: string;
}

/** Compiling a stage may take this long. */
const loadTimeoutMs = 300_000;
const unloadTimeoutMs = 30_000;
/** Devices know repeats. */
const loadRepeatMs = 5000;
const unloadRepeatMs = 2000;

const parseLoadAnswer = messageParser(loadAnswerSchema, 'answer to a load');

/** A stage replica to load, and where. */
export interface PlacedOrder {
  readonly order: StageOrder;
  readonly device: DeviceDescription;
}

/** A wish whose stages are written, and have their places. */
export interface Prepared {
  readonly wish: Wish;
  readonly variant: number;
  readonly stageGraph: StageGraph;
  readonly orders: readonly PlacedOrder[];
  /** It does without a device that it may have soon: the wish stays open. */
  readonly makeshift: boolean;
}

/** Stores the network of every stage and says where each will be. Throws as `placeWish`. */
export function* prepareStages(split: Split, options: LayOutOptions): Flow<Prepared> {
  checkStageCounts(split.wish, split.stageGraph);
  const networks = yield* extractStages(split, options.planner);
  const sources = networks.map(network => ({network, compiled: null}));
  const placed = placeWish(split.wish, {stageGraph: split.stageGraph, sources}, options);
  return {...placed, makeshift: makeshiftOf(split) !== undefined};
}

/** A stage graph that is to be loaded, and what each of its stages is made from. */
export interface Loadable {
  readonly stageGraph: StageGraph;
  readonly sources: readonly Pick<StageOrder, 'network' | 'compiled'>[];
}

/**
 * Says where every stage of a wish will be: at the devices that were chosen for its label. Throws
 * INVALID_ARGUMENT if some device could never hold as many.
 */
export function placeWish(
  wish: Wish,
  {stageGraph: unplaced, sources}: Loadable,
  options: Pick<LayOutOptions, 'id' | 'variant'>,
): Prepared {
  checkStageCounts(wish, unplaced);
  const stageGraph = placeStages(wish, unplaced, options);
  const orders = stageGraph.stages.flatMap(stage => {
    const source = sources[stage.index];
    invariant(source !== undefined, `${stage.name} is made from nothing`);
    return stageOrders(wish, {stageGraph, stage, source, id: options.id});
  });
  return {wish, variant: options.variant, stageGraph, orders, makeshift: false};
}

/**
 * Loads every stage of every one on its device, all at once; for each the answers, in the order of its
 * orders, or the first failure.
 */
export function* loadStages(
  all: readonly Prepared[],
): Flow<readonly (readonly LoadAnswer[] | InferenceError)[]> {
  const questions = all.flatMap(({orders}) => orders.map(loadQuestion));
  const outcomes = ((yield {wait: 'ask', questions}) as Outcome[]).values();
  return all.map(({orders}) => {
    const results = orders.map(({order, device}) => {
      const outcome = outcomes.next().value;
      if (outcome?.ok) return parseLoadAnswer(outcome.value);
      return InferenceError.from(outcome?.error).at({stage: order.name, device: device.name});
    });
    const failure = results.find(result => result instanceof InferenceError);
    return failure ?? results.flatMap(result => (result instanceof InferenceError ? [] : [result]));
  });
}

/** Asks every device to end these stages; devices that are gone need not. */
export function* releaseStages(
  replicas: readonly Pick<Replica, 'device' | 'address'>[],
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

function devicesAt(wish: Wish, {name, device: label}: Stage): readonly DeviceDescription[] {
  const chosen = wish.chosen.find(candidate => candidate.label === label);
  invariant(chosen !== undefined, `${name} is on ${label}, which is no candidate`);
  return chosen.devices;
}

/** Before any is stored or loaded: devices would begin with hundreds, and then refuse the rest. */
function checkStageCounts(wish: Wish, {stages}: StageGraph): void {
  const counts = new Map<string, number>();
  for (const {name} of stages.flatMap(stage => devicesAt(wish, stage))) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [device, count] of counts) {
    if (count <= stagesMax) continue;
    const advice = 'place operations that follow each other on one device';
    const text = `expected at most ${stagesMax} stages on ${device}, given ${count}: ${advice}`;
    throw new InferenceError('INVALID_ARGUMENT', text, {device});
  }
}

function placeStages(
  wish: Wish,
  stageGraph: StageGraph,
  {id, variant}: Pick<LayOutOptions, 'id' | 'variant'>,
): StageGraph {
  const stages = stageGraph.stages.map((stage): Stage => {
    const replicas = devicesAt(wish, stage).map(({name: device, node}, replica) => {
      return {device, node, address: stageAddress(id, {variant, stage: stage.index, replica})};
    });
    return {...stage, replicas};
  });
  return {...stageGraph, stages};
}

/** One for each replica of a stage. */
function stageOrders(
  wish: Wish,
  of: {
    readonly stageGraph: StageGraph;
    readonly stage: Stage;
    readonly source: Loadable['sources'][number];
    readonly id: string;
  },
): readonly PlacedOrder[] {
  const {stage, stageGraph, source} = of;
  const {index, role, name, inputs, overridable, replicas} = stage;
  const rest = {
    deployment: of.id,
    index,
    role,
    name,
    ...source,
    batch: role === 'execute' ? wish.batch : 1,
    inputs,
    overridable,
    sources: stageSources(stageGraph, index),
    states: stage.states ?? [],
    destinations: destinationsOf(stageGraph, index),
  };
  return devicesAt(wish, stage).map((device, at) => {
    const address = replicas[at]?.address;
    invariant(address !== undefined, `${name} is not placed`);
    return {device, order: {address, config: configOf(device, wish.config), ...rest}};
  });
}

function destinationsOf({stages, edges}: StageGraph, from: number): Destination[] {
  const byTarget = new Map<number, Edge[]>();
  for (const edge of edges.filter(edge => edge.from === from)) {
    byTarget.set(edge.to, [...(byTarget.get(edge.to) ?? []), edge]);
  }
  // The client has to know that states were kept.
  if (stages[from]?.states !== undefined && !byTarget.has(clientIndex)) {
    byTarget.set(clientIndex, []);
  }
  return [...byTarget].map(([to, between]) => ({
    to,
    replicas: to === clientIndex ? [] : (stages[to]?.replicas ?? []).map(({address}) => address),
    tensors: between.map(({output, input}) => ({output, input})),
  }));
}

function loadQuestion({device, order: stage}: PlacedOrder): Question {
  return {
    to: device.address,
    timeoutMs: loadTimeoutMs,
    repeatMs: loadRepeatMs,
    absent: () => gone(device),
    message: (ask): DeviceMessage => ({kind: 'load', ask, stage}),
  };
}

function unloadQuestion(device: DeviceDescription, address: string): Question {
  return {
    to: device.address,
    timeoutMs: unloadTimeoutMs,
    repeatMs: unloadRepeatMs,
    absent: () => gone(device),
    message: (ask): DeviceMessage => ({kind: 'unload', ask, address}),
  };
}

function gone({name}: DeviceDescription): InferenceError {
  return new InferenceError('DEVICE_LOST', `${name} is gone`, {device: name});
}
