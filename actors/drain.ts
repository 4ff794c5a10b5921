import type {DeviceDescription} from '../schemas/device.js';
import {type StageMessage, stageStatsSchema} from '../schemas/messages/stage.js';
import type {Replica} from '../schemas/stage-graph.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import type {DeployContext} from './build-variants.js';
import type {KeptDeployment, Retired} from './kept-deployment.js';
import {releaseStages} from './lay-out.js';

const answerMsMax = 2000;
/** A frame may be on its way between two stages while one look finds both without work. */
const idleLooks = 2;
/** After this time what still runs is tried again elsewhere by its client. */
const drainMsMax = 60_000;

/** One look at what is retired: stages without work end, others are left for the next look. */
export function* drain(
  kept: KeptDeployment,
  {retired, now}: {readonly retired: Retired; readonly now: number},
  {devices, store}: DeployContext,
): Flow<void> {
  retired.looking = true;
  try {
    const alive = retired.replicas.filter(({device}) => isAlive(device, devices()));
    const answers = (yield {wait: 'ask', questions: alive.map(loadQuestion)}) as Outcome[];
    retired.idle = answers.every(isIdle) ? retired.idle + 1 : 0;
    const overdue = now - (retired.since ?? now) >= drainMsMax;
    if (retired.idle < idleLooks && !overdue) return;
    yield* releaseStages(alive, devices());
    // Its record may be gone already, and must not come back.
    if (kept.released) return;
    kept.retired = kept.retired.filter(each => each !== retired);
    yield* store({kind: 'save', record: kept.record});
  } finally {
    retired.looking = false;
  }
}

function isAlive(name: string, devices: readonly DeviceDescription[]): boolean {
  return devices.some(device => device.name === name);
}

function loadQuestion({address, device}: Replica): Question {
  return {
    to: address,
    timeoutMs: answerMsMax,
    message: (ask): StageMessage => ({kind: 'stats', ask}),
    absent: () => new InferenceError('DEVICE_LOST', `nobody is at ${address}`, {device}),
  };
}

/** Whoever does not answer holds nobody's request. */
function isIdle(outcome: Outcome): boolean {
  const stats = outcome.ok ? stageStatsSchema.safeParse(outcome.value) : undefined;
  return stats?.success !== true || stats.data.load === 0;
}
