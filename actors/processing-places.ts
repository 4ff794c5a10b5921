import type {OperationSupport} from '../schemas/device.js';
import type {Stage} from '../schemas/stage-graph.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import type {Wish} from '../src/plan/wish.js';
import type {Inspection} from './planner-task.js';

export type ProcessingRole = 'preprocess' | 'postprocess';
const roles: readonly ProcessingRole[] = ['preprocess', 'postprocess'];

/** By role, then by the label of a candidate: why it does not run that network; absent if it does. */
export type ProcessingFaults = ReadonlyMap<ProcessingRole, ReadonlyMap<string, string>>;

/** How a candidate is asked about a network, and what its answer says. */
export interface ProcessingQuery {
  question(device: Wish['chosen'][number]['devices'][number], role: ProcessingRole): Question;
  support(answer: Outcome | undefined): readonly OperationSupport[];
}

/** Asks the devices of a wish whether they run the networks of pre- and postprocessing. */
export function* askProcessing(
  {chosen}: Wish,
  inspection: Inspection,
  query: ProcessingQuery,
): Flow<ProcessingFaults> {
  const asked = roles
    .filter(role => inspection[role] !== null)
    .flatMap(role =>
      chosen.flatMap(({label, devices}) => devices.map(device => ({role, label, device}))),
    );
  const questions = asked.map(({role, device}) => query.question(device, role));
  const answers = (yield {wait: 'ask', questions}) as Outcome[];
  const faults = new Map(roles.map(role => [role, new Map<string, string>()]));
  for (const [at, {role, label}] of asked.entries()) {
    const refused = query.support(answers[at]).find(operation => !operation.supported);
    if (refused?.supported === false) {
      faults.get(role)?.set(label, `'${refused.name}': ${refused.reason}`);
    }
  }
  return faults;
}

/**
 * Stages of pre- and postprocessing stay beside the stage that they serve if its device runs them;
 * else they go to the first candidate that does. Throws UNSUPPORTED_OPERATIONS if none does.
 */
export function placeProcessing(
  stages: readonly Stage[],
  {chosen}: Wish,
  faults: ProcessingFaults,
): readonly Stage[] {
  return stages.map(stage => {
    if (stage.role === 'execute') return stage;
    const against = faults.get(stage.role);
    if (against?.get(stage.device) === undefined) return stage;
    const other = chosen.find(({label}) => !against.has(label));
    if (other !== undefined) return {...stage, device: other.label};
    const reasons = [...against].map(([label, reason]) => `\n  ${label}: ${reason}`);
    const text = `expected a device for ${stage.role}ing, given none:${reasons.join('')}`;
    throw new InferenceError('UNSUPPORTED_OPERATIONS', text, {stage: stage.name});
  });
}
