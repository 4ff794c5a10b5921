import type {StageCounters} from '../schemas/performance-counters.js';
import type {DeliveryPlan} from './delivery-plan.js';

/** Where the time of a request went, in microseconds; of its last attempt, if there were several. */
export interface RequestCounters {
  /** From its submission to its end. */
  readonly totalUs: number;
  /** From its submission to the beginning of the attempt. */
  readonly queueUs: number;
  /**
   * Of the attempt, what its slowest way through the stages does not account for: frames on their way
   * between the client and the stages, and among those.
   */
  readonly transferUs: number;
  /** By index. */
  readonly stages: readonly StageCounters[];
}

export function requestCounters(
  {before}: DeliveryPlan,
  stages: readonly StageCounters[],
  {totalUs, queueUs}: Pick<RequestCounters, 'totalUs' | 'queueUs'>,
): RequestCounters {
  const ordered = [...stages].sort((a, b) => a.stage - b.stage);
  const endUs: number[] = [];
  // A stage comes after those that it hears from.
  for (const {stage, ...spent} of ordered) {
    const startUs = Math.max(0, ...(before[stage] ?? []).map(source => endUs[source] ?? 0));
    endUs[stage] = startUs + stageUs(spent);
  }
  const slowestUs = endUs.reduce((slowest, each) => Math.max(slowest, each), 0);
  const transferUs = Math.max(0, totalUs - queueUs - slowestUs);
  return {totalUs, queueUs, transferUs, stages: ordered};
}

/** How long a request was at a stage. */
function stageUs(of: Omit<StageCounters, 'stage'>): number {
  return of.queueUs + of.transferUs + of.executeUs + of.measuringUs;
}
