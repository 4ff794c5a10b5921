import type {DeviceDescription} from '../schemas/device.js';
import {type DeviceMessage, speedSchema} from '../schemas/messages/device.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import type {Candidate} from '../src/plan/assign-affinity.js';
import type {CostCandidate} from '../src/plan/assign-by-cost.js';
import type {Link} from '../src/plan/pipeline-costs.js';
import type {Chosen, Wish} from '../src/plan/wish.js';

const measureTimeoutMs = 20_000;

/** Between stages in one process or on one host, and between hosts over a NATS server. */
const near: Link = {latencyMs: 0.5, bytesPerMs: 300_000};
const far: Link = {latencyMs: 1, bytesPerMs: 100_000};

/** What the cost policy knows of a wish's devices. */
export interface Measured {
  /** By label: work per millisecond, of all replicas together. */
  readonly speeds: ReadonlyMap<string, number>;
  link(from: string, to: string): Link;
}

/** Asks every device of a wish how fast it is; each measures itself once. */
export function* measureDevices({chosen}: Wish): Flow<Measured> {
  const devices = chosen.flatMap(each => each.devices);
  const answers = (yield {wait: 'ask', questions: devices.map(question)}) as Outcome[];
  const byAddress = new Map(devices.map(({address}, at) => [address, speedIn(answers[at])]));
  const speeds = chosen.map(({label, devices: all}): [string, number] => [
    label,
    all.reduce((sum, {address}) => sum + (byAddress.get(address) ?? 1), 0),
  ]);
  const nodes = new Map(chosen.map(each => [each.label, nodesOf(each)]));
  return {
    speeds: new Map(speeds),
    link: (from, to) => (nodes.get(from) === nodes.get(to) ? near : far),
  };
}

/** Candidates with their speeds. */
export function withSpeeds(
  candidates: readonly Candidate[],
  {speeds}: Measured,
): readonly CostCandidate[] {
  return candidates.map(each => ({...each, speed: speeds.get(each.device) ?? 1}));
}

function nodesOf({devices}: Chosen): string {
  return [...new Set(devices.map(({node}) => node))].sort().join();
}

function question(device: DeviceDescription): Question {
  return {
    to: device.address,
    timeoutMs: measureTimeoutMs,
    message: (ask): DeviceMessage => ({kind: 'measure', ask}),
    absent: () => new InferenceError('DEVICE_LOST', `${device.name} is gone`),
  };
}

/** A device that does not answer in time counts as the slowest. */
function speedIn(outcome: Outcome | undefined): number {
  const parsed = speedSchema.safeParse(outcome?.ok ? outcome.value : undefined);
  return parsed.success ? parsed.data.workPerMs : 1;
}
