import type {DeviceDescription, OperationSupport} from '../schemas/device.js';
import type {PlanResult, QueryResult} from '../schemas/messages/coordinator.js';
import {type DeviceMessage, queryAnswerSchema} from '../schemas/messages/device.js';
import type {SplitOrder} from '../schemas/split-order.js';
import type {StageGraph} from '../schemas/stage-graph.js';
import {InferenceError, invariant} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {type Assignment, assignByFallback, type Candidate} from '../src/plan/assign-affinity.js';
import {assignByCost} from '../src/plan/assign-by-cost.js';
import {cutStages, type StageCut} from '../src/plan/cut-stages.js';
import {configOf} from '../src/plan/device-config.js';
import {followPatterns} from '../src/plan/follow-patterns.js';
import {operationWork} from '../src/plan/operation-work.js';
import {buildStageGraph} from '../src/plan/stage-graph.js';
import {tensorInfos} from '../src/plan/tensor-infos.js';
import type {Wish} from '../src/plan/wish.js';
import {withStates} from '../src/plan/with-states.js';
import {standardConfig} from '../src/plugin/config.js';
import {type Measured, measureDevices, withSpeeds} from './measure-devices.js';
import type {Inspection, PlannerTask} from './planner-task.js';
import {
  askProcessing,
  type ProcessingFaults,
  type ProcessingQuery,
  placeProcessing,
} from './processing-places.js';

/** A candidate some device of which is not there, by its label. */
interface LostCandidate {
  readonly label: string;
  readonly error: InferenceError;
}

/** A network that has been asked about: what every candidate of a wish says of every operation. */
export interface Queried {
  readonly order: SplitOrder;
  readonly wish: Wish;
  readonly inspection: Inspection;
  readonly candidates: readonly Candidate[];
  /** Candidates that are not there, which may pass; one that was silent for too long is none. */
  readonly lost: readonly LostCandidate[];
  /** What candidates say against pre- and postprocessing. */
  readonly processing: ProcessingFaults;
  /** How fast devices are, if the network is to be distributed by cost. */
  readonly measured: Measured | null;
}

/** A network as it will be laid out. */
export interface Split extends Queried {
  readonly assignment: Assignment;
  readonly cuts: readonly StageCut[];
  readonly stageGraph: StageGraph;
}

/** Compiling a whole network once, just to see whether it compiles, may take this long. */
const queryTimeoutMs = 120_000;
/** Devices know repeats. */
const queryRepeatMs = 10_000;

const parseQueryAnswer = messageParser(queryAnswerSchema, 'answer to a query');

/** Asks every candidate of every wish what it can run of a network; each device once. */
export function* queryWishes(
  order: SplitOrder,
  wishes: readonly Wish[],
  planner: string,
): Flow<readonly Queried[]> {
  const inspections = new Map<boolean, Inspection>();
  const questions = new Map<string, Question>();
  const inspected: {readonly wish: Wish; readonly inspection: Inspection}[] = [];
  for (const wish of wishes) {
    const batched = wish.batch > 1;
    const inspection = inspections.get(batched) ?? (yield* inspect(order, {batched, planner}));
    inspections.set(batched, inspection);
    inspected.push({wish, inspection});
    for (const device of devicesOf(wish)) {
      questions.set(questionKey(wish, device), queryQuestion(device, wish, inspection));
    }
  }
  const answers = (yield {wait: 'ask', questions: [...questions.values()]}) as Outcome[];
  const byKey = new Map([...questions.keys()].map((key, at) => [key, answers[at]]));
  const queried: Queried[] = [];
  for (const {wish, inspection} of inspected) {
    const candidates = wish.chosen.map(({label, devices}) => {
      const all = devices.map(device => {
        return supportOf(byKey.get(questionKey(wish, device)), inspection);
      });
      return {device: label, support: all.reduce(both)};
    });
    const query = processingQuery(wish, inspection);
    const lost = wish.chosen.flatMap(({label, devices}) =>
      devices.flatMap(device => {
        const answer = byKey.get(questionKey(wish, device));
        const error = answer?.ok === false ? silenceOf(answer.error) : undefined;
        return error?.code === 'DEVICE_LOST' ? [{label, error}] : [];
      }),
    );
    const processing = yield* askProcessing(wish, inspection, query);
    const measured = isPipelined(wish) ? yield* measureDevices(wish) : null;
    queried.push({order, wish, inspection, candidates, lost, processing, measured});
  }
  return queried;
}

/** Reads a network; `batched`: as one that takes several requests as one. */
export function* inspect(
  {network, config, preprocessing}: SplitOrder,
  {batched, planner}: {readonly batched: boolean; readonly planner: string},
): Flow<Inspection> {
  const task: PlannerTask = {kind: 'inspect', network, config, preprocessing, batched};
  return (yield {wait: 'run', executor: planner, task}) as Inspection;
}

/** Only where there is something to distribute. */
function isPipelined({chosen, config}: Wish): boolean {
  return chosen.length > 1 && standardConfig(config).MODEL_DISTRIBUTION_POLICY !== '';
}

export function devicesOf({chosen}: Wish): readonly DeviceDescription[] {
  return chosen.flatMap(({devices}) => devices);
}

/**
 * Decides where everything goes; throws what the policy throws. What no device supports, one that is
 * not there may: then it throws DEVICE_LOST.
 */
export function layOut(queried: Queried): Split {
  try {
    return layOutAsked(queried);
  } catch (thrown) {
    const {code, message} = InferenceError.from(thrown);
    const [lost] = queried.lost;
    if (lost === undefined || code !== 'UNSUPPORTED_OPERATIONS') throw thrown;
    throw new InferenceError(lost.error.code, message, lost.error.place, {cause: thrown});
  }
}

function layOutAsked(queried: Queried): Split {
  const {graph, rewrite, preprocess, postprocess} = queried.inspection;
  const affinity = new Map(Object.entries(queried.order.affinity));
  const {candidates} = queried;
  const followed =
    rewrite === null ? undefined : followPatterns(graph, candidates, {affinity, rewrite});
  const given = followed?.affinity ?? affinity;
  const {measured} = queried;
  const assigned =
    measured !== null && given.size === 0
      ? assignByCost({
          graph,
          candidates: withSpeeds(candidates, measured),
          work: operationWork(graph),
          link: measured.link,
        })
      : assignByFallback({graph, candidates, ...(given.size === 0 ? {} : {affinity: given})});
  const reasons = new Map([...assigned.reasons, ...(followed?.reasons ?? [])]);
  const assignment = {...assigned, reasons};
  const fallback = queried.wish.chosen.at(-1)?.label;
  const defaults = fallback === undefined ? {} : {defaultDevice: fallback};
  tensorInfos(graph, [...graph.inputs, ...graph.outputs]);
  const cuts = cutStages(graph, assignment.affinity, defaults);
  const stageGraph = buildStageGraph(graph, cuts, {
    ...defaults,
    ...(preprocess === null ? {} : {preprocess: preprocess.part}),
    ...(postprocess === null ? {} : {postprocess: postprocess.part}),
  });
  const stages = stageGraph.stages.map(stage =>
    stage.role === 'execute'
      ? stage
      : {...stage, operations: queried.inspection[stage.role]?.operations ?? []},
  );
  const placed = placeProcessing(stages, queried.wish, queried.processing);
  const {states} = queried.order;
  if (queried.wish.batch > 1 && states.length > 0) {
    const text = `BATCH: expected a network without states, given ${states[0]?.input}`;
    throw new InferenceError('NOT_IMPLEMENTED', text);
  }
  return {
    ...queried,
    assignment,
    cuts,
    stageGraph: withStates({...stageGraph, stages: placed}, states),
  };
}

/** Why a network is laid out on others than it is to be, which may pass; else undefined. */
export function makeshiftOf({wish, lost, stageGraph}: Split): InferenceError | undefined {
  const used = new Set(stageGraph.stages.map(({device}) => device));
  const last = wish.chosen.findLastIndex(({label}) => used.has(label));
  return lost.find(({label}) => wish.chosen.findIndex(each => each.label === label) < last)?.error;
}

/** What loading the first wish that can be had would do; throws why the first cannot, if none can. */
export function planResult(all: readonly Queried[]): PlanResult {
  const {inspection, assignment, stageGraph} = layOutFirst(all);
  const {affinity, reasons} = assignment;
  const entries = [...affinity].map(([operation, device]) => {
    return [operation, {device, why: reasons.get(operation) ?? ''}] as const;
  });
  return {
    network: inspection.graph.name,
    stageGraph,
    affinity: Object.fromEntries(entries),
  };
}

function layOutFirst([first, ...others]: readonly Queried[]): Split {
  invariant(first !== undefined, 'a device expression names a device');
  try {
    return layOut(first);
  } catch (error) {
    if (others.length === 0) throw error;
    return layOutFirst(others);
  }
}

/** The first wish that takes the whole network; if none does, what all their devices say of it. */
export function queryResult(all: readonly Queried[]): QueryResult {
  const whole = all.find(queried => tryAssign(queried) !== undefined);
  const [first] = all;
  invariant(first !== undefined, 'a device expression names a device');
  return resultOf(whole ?? {...first, candidates: all.flatMap(({candidates}) => candidates)});
}

/** For each operation, where it would go, or every candidate's reason against it. */
function resultOf(queried: Queried): QueryResult {
  const supports = queried.candidates.map(({device, support}) => ({
    device,
    byName: new Map(support.map(operation => [operation.name, operation])),
  }));
  const assigned = tryAssign(queried);
  const entries = queried.inspection.graph.operations.map(({name}) => {
    const device = assigned?.affinity.get(name);
    if (device !== undefined) {
      return [name, {device, why: assigned?.reasons.get(name) ?? ''}] as const;
    }
    const first = supports.find(({byName}) => byName.get(name)?.supported);
    if (first !== undefined) return [name, {device: first.device, why: 'supported'}] as const;
    const reasons = supports.map(({device: by, byName}) => [by, reasonOf(byName.get(name))]);
    return [name, {reasons: Object.fromEntries(reasons)}] as const;
  });
  return Object.fromEntries(entries);
}

function tryAssign({inspection, candidates}: Queried): Assignment | undefined {
  try {
    return assignByFallback({graph: inspection.graph, candidates});
  } catch (error) {
    if (error instanceof InferenceError && error.code === 'UNSUPPORTED_OPERATIONS')
      return undefined;
    throw error;
  }
}

function reasonOf(support: OperationSupport | undefined): string {
  if (support === undefined) return 'the device does not know the operation';
  return support.supported ? '' : support.reason;
}

/** One question for wishes that would be answered alike. */
function questionKey({batch, config}: Wish, {address}: DeviceDescription): string {
  return JSON.stringify([address, batch > 1, config]);
}

function processingQuery(wish: Wish, inspection: Inspection): ProcessingQuery {
  return {
    question: (device, role) => {
      const network = inspection[role]?.network;
      invariant(network !== undefined, `there is ${role}ing to ask about`);
      return queryQuestion(device, wish, {queried: network});
    },
    // Who cannot answer was asked about the whole network too, and says there why not.
    support: answer => (answer?.ok ? parseQueryAnswer(answer.value) : []),
  };
}

function queryQuestion(
  device: DeviceDescription,
  {config}: Wish,
  {queried: network}: Pick<Inspection, 'queried'>,
): Question {
  const text = `${device.name} is gone`;
  return {
    to: device.address,
    timeoutMs: queryTimeoutMs,
    repeatMs: queryRepeatMs,
    absent: () => new InferenceError('DEVICE_LOST', text, {device: device.name}),
    message: (ask): DeviceMessage => {
      return {kind: 'query', ask, network, config: configOf(device, config)};
    },
  };
}

/** Why a device could not be asked; throws what will not pass. */
function silenceOf(thrown: unknown): InferenceError {
  const error = InferenceError.from(thrown);
  if (error.retryable) return error;
  throw error;
}

/** A candidate that cannot answer supports nothing, and its reason is that. */
function supportOf(answer: Outcome | undefined, inspection: Inspection): Candidate['support'] {
  if (answer?.ok) return parseQueryAnswer(answer.value);
  const {code, message} = silenceOf(answer?.error);
  const reason = `${code}: ${message}`;
  return inspection.graph.operations.map(({name}) => ({name, supported: false, reason}));
}

/** What two devices take that are to run the same stages. */
function both(a: Candidate['support'], b: Candidate['support']): Candidate['support'] {
  const other = new Map(b.map(operation => [operation.name, operation]));
  return a.map(operation => {
    if (!operation.supported) return operation;
    return other.get(operation.name) ?? unknownTo(operation.name);
  });
}

function unknownTo(name: string): OperationSupport {
  return {name, supported: false, reason: 'the device does not know the operation'};
}
