import type {DeviceDescription, OperationSupport} from '../schemas/device.js';
import type {QueryResult, SplitOrder} from '../schemas/messages/coordinator.js';
import {type DeviceMessage, queryAnswerSchema} from '../schemas/messages/device.js';
import type {StageGraph} from '../schemas/stage-graph.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {type Assignment, assignByFallback, type Candidate} from '../src/plan/assign-affinity.js';
import {cutStages, type StageCut} from '../src/plan/cut-stages.js';
import {configOf} from '../src/plan/device-config.js';
import {
  type DeviceExpression,
  formatDeviceExpression,
  type NamedDevice,
  parseDeviceExpression,
} from '../src/plan/device-expression.js';
import {followPatterns} from '../src/plan/follow-patterns.js';
import {resolveDevice} from '../src/plan/resolve-device.js';
import {buildStageGraph} from '../src/plan/stage-graph.js';
import {tensorInfos} from '../src/plan/tensor-infos.js';
import type {Inspection, PlannerTask} from './planner-task.js';

/** A device that the user named, and the one of the cluster that was chosen for it. */
export interface Chosen {
  readonly label: string;
  readonly device: DeviceDescription;
}

/** A network that has been asked about: what every candidate says of every operation. */
export interface Queried {
  readonly order: SplitOrder;
  readonly inspection: Inspection;
  readonly chosen: readonly Chosen[];
  readonly candidates: readonly Candidate[];
}

/** A network as it will be laid out. */
export interface Split extends Queried {
  readonly assignment: Assignment;
  readonly cuts: readonly StageCut[];
  readonly stageGraph: StageGraph;
}

/** The cluster as splitting sees it. */
export interface Cluster {
  /** Name of the executor for PlannerTasks. */
  readonly planner: string;
  readonly devices: readonly DeviceDescription[];
  /** Stages that a device runs already. */
  stagesOf(device: DeviceDescription): number;
}

/** Compiling a whole network once, just to see whether it compiles, may take this long. */
const queryTimeoutMs = 120_000;

const parseQueryAnswer = messageParser(queryAnswerSchema, 'answer to a query');

/** Asks every candidate of a device expression what it can run of a network. */
export function* queryCandidates(order: SplitOrder, cluster: Cluster): Flow<Queried> {
  const chosen = chooseDevices(parseDeviceExpression(order.device), cluster);
  const {network, config, preprocessing} = order;
  const task: PlannerTask = {kind: 'inspect', network, config, preprocessing};
  const inspection = (yield {wait: 'run', executor: cluster.planner, task}) as Inspection;
  const questions = chosen.map(({device}) => queryQuestion(device, order, inspection));
  const answers = (yield {wait: 'ask', questions}) as Outcome[];
  const candidates = chosen.map(({label}, index) => ({
    device: label,
    support: supportOf(answers[index], inspection),
  }));
  return {order, inspection, chosen, candidates};
}

/** Decides where everything goes; throws what the policy throws. */
export function layOut(queried: Queried): Split {
  const {graph, rewrite, preprocess, postprocess} = queried.inspection;
  const given = new Map(Object.entries(queried.order.affinity));
  const affinity =
    rewrite === null
      ? given
      : followPatterns(graph, queried.candidates, {affinity: given, rewrite});
  const assignment = assignByFallback({
    graph,
    candidates: queried.candidates,
    ...(affinity.size === 0 ? {} : {affinity}),
  });
  const fallback = queried.chosen.at(-1)?.label;
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
  return {...queried, assignment, cuts, stageGraph: {...stageGraph, stages}};
}

/** For each operation, where it would go, or every candidate's reason against it. */
export function queryResult(queried: Queried): QueryResult {
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

/** Of all devices that a name means, the one with the fewest stages; ties go to the first by name. */
function chooseDevices(expression: DeviceExpression, cluster: Cluster): readonly Chosen[] {
  return namedDevices(expression).map(name => {
    const devices = resolveDevice(name, cluster.devices);
    const device = devices.reduce((best, next) =>
      cluster.stagesOf(next) < cluster.stagesOf(best) ? next : best,
    );
    return {label: formatDeviceExpression(name), device};
  });
}

function namedDevices(expression: DeviceExpression): readonly NamedDevice[] {
  switch (expression.form) {
    case 'device':
      return [expression];
    case 'hetero':
      return expression.devices.flatMap(namedDevices);
    default: {
      const text = `${expression.form.toUpperCase()} is not implemented yet`;
      throw new InferenceError('NOT_IMPLEMENTED', text);
    }
  }
}

function queryQuestion(
  device: DeviceDescription,
  order: SplitOrder,
  inspection: Inspection,
): Question {
  const text = `${device.name} is gone`;
  return {
    to: device.address,
    timeoutMs: queryTimeoutMs,
    absent: () => new InferenceError('DEVICE_LOST', text, {device: device.name}),
    message: (ask): DeviceMessage => ({
      kind: 'query',
      ask,
      network: inspection.queried,
      config: configOf(device, order.config),
    }),
  };
}

/** A candidate that cannot answer supports nothing, and its reason is that. */
function supportOf(answer: Outcome | undefined, inspection: Inspection): Candidate['support'] {
  if (answer?.ok) return parseQueryAnswer(answer.value);
  const error = InferenceError.from(answer?.error);
  if (!error.retryable) throw error;
  const reason = `${error.code}: ${error.message}`;
  return inspection.graph.operations.map(({name}) => ({name, supported: false, reason}));
}
