import type {StageTiming} from '../schemas/messages/stage.js';
import {
  countersMax,
  type InferenceCounters,
  type StageCounters,
} from '../schemas/performance-counters.js';

const nothingMeasured: InferenceCounters = {pipelineUs: {}, measuringUs: 0, operations: []};

/** What a stage tells of one inference; a device that does not measure leaves `counters` out. */
export function stageCounters(
  {name, device}: {readonly name: string; readonly device: string},
  {stage, queueUs, executeUs, runUs}: StageTiming,
  counters: InferenceCounters = nothingMeasured,
): StageCounters {
  const {pipelineUs, measuringUs, operations} = counters;
  const transferUs = Math.max(0, runUs - executeUs - measuringUs);
  const told = operations.slice(0, countersMax);
  const spent = {queueUs, transferUs, executeUs, measuringUs};
  return {stage, name, device, ...spent, pipelineUs, operations: told};
}
