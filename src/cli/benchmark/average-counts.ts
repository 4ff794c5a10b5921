import {type PipelineTimes, pipelineStages} from '../../../schemas/performance-counters.js';
import type {PerformanceCounts, PlacedCounter} from '../../client/performance-counts.js';
import {invariant} from '../../errors.js';

/** What a stage spent, without its operations. */
export type StageTimes = Omit<PerformanceCounts['stages'][number], 'operations'>;

/** What several inferences took, each time a mean over those that passed there. */
export interface AverageCounts {
  readonly inferences: number;
  readonly totalUs: number;
  readonly queueUs: number;
  readonly transferUs: number;
  readonly stages: readonly StageTimes[];
  readonly operations: readonly PlacedCounter[];
}

/** `counts` is not empty. Requests may take several ways: stages on other devices count apart. */
export function averageCounts(counts: readonly PerformanceCounts[]): AverageCounts {
  const stages = counts.flatMap(each => each.stages);
  const operations = counts.flatMap(each => each.operations);
  return {
    inferences: counts.length,
    totalUs: mean(counts, each => each.totalUs),
    queueUs: mean(counts, each => each.queueUs),
    transferUs: mean(counts, each => each.transferUs),
    stages: groups(stages, each => `${each.name}\n${each.device}`).map(averageStage),
    operations: groups(operations, each => `${each.stage}\n${each.device}\n${each.name}`).map(
      averageOperation,
    ),
  };
}

function averageStage(same: readonly StageTimes[]): StageTimes {
  const [first] = same;
  invariant(first !== undefined, 'a group has members');
  const {stage, name, device} = first;
  const pipelineUs: Record<string, number> = {};
  for (const part of pipelineStages) {
    const told = same.filter(each => each.pipelineUs[part] !== undefined);
    if (told.length > 0) pipelineUs[part] = mean(told, each => each.pipelineUs[part] ?? 0);
  }
  return {
    stage,
    name,
    device,
    queueUs: mean(same, each => each.queueUs),
    transferUs: mean(same, each => each.transferUs),
    executeUs: mean(same, each => each.executeUs),
    measuringUs: mean(same, each => each.measuringUs),
    pipelineUs: pipelineUs as PipelineTimes,
  };
}

function averageOperation(same: readonly PlacedCounter[]): PlacedCounter {
  const executed = same.filter(({status}) => status === 'EXECUTED');
  const [told] = [...executed, ...same];
  invariant(told !== undefined, 'a group has members');
  return {
    ...told,
    realUs: mean(executed, each => each.realUs),
    cpuUs: mean(executed, each => each.cpuUs),
  };
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[][] {
  const byKey = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  return [...byKey.values()];
}

function mean<Item>(items: readonly Item[], take: (item: Item) => number): number {
  if (items.length === 0) return 0;
  return items.reduce((sum, item) => sum + take(item), 0) / items.length;
}
