import type {DeviceDescription} from '../schemas/device.js';
import {type ExportedStage, exportedStageSchema} from '../schemas/exported-network.js';
import type {DeviceMessage} from '../schemas/messages/device.js';
import type {Replica} from '../schemas/stage-graph.js';
import {InferenceError} from '../src/errors.js';
import type {Question} from '../src/kernel/asks.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {Flow} from '../src/kernel/flows.js';
import {messageParser} from '../src/kernel/parse-message.js';

/** Optimising a stage once more, and storing it, may take this long. */
const exportTimeoutMs = 300_000;

const parseStage = messageParser(exportedStageSchema, 'answer to an export');

/** Asks a replica of each stage for what it compiled. Throws the first failure. */
export function* exportStages(
  stages: readonly (readonly Replica[])[],
  devices: readonly DeviceDescription[],
): Flow<readonly ExportedStage[]> {
  const byName = new Map(devices.map(device => [device.name, device]));
  const questions = stages.map(replicas => exportQuestion(replicas, byName));
  const outcomes = (yield {wait: 'ask', questions}) as Outcome[];
  return outcomes.map(outcome => {
    if (outcome.ok) return parseStage(outcome.value);
    throw InferenceError.from(outcome.error);
  });
}

function exportQuestion(
  replicas: readonly Replica[],
  devices: ReadonlyMap<string, DeviceDescription>,
): Question {
  const there = replicas.find(({device}) => devices.has(device));
  const to = devices.get(there?.device ?? '')?.address;
  const names = replicas.map(({device}) => device).join(', ') || 'no device';
  const gone = () => new InferenceError('DEVICE_LOST', `expected a stage on ${names}: it is gone`);
  if (there === undefined || to === undefined) throw gone();
  const {address} = there;
  return {
    to,
    timeoutMs: exportTimeoutMs,
    absent: gone,
    message: (ask): DeviceMessage => ({kind: 'export', ask, address}),
  };
}
