import type {RequestCounters} from '../../actors/request-counters.js';
import type {OperationCounter} from '../../schemas/performance-counters.js';

export interface PlacedCounter extends OperationCounter {
  /** Name of the stage. */
  readonly stage: string;
  /** Qualified: `host-a/CPU`. */
  readonly device: string;
}

/** Where the time of an inference went: as a whole, by stage, and by operation. */
export interface PerformanceCounts extends RequestCounters {
  /**
   * Of every stage, in the order of the network. An operation that only makes constants is in each
   * stage that uses them.
   */
  readonly operations: readonly PlacedCounter[];
}

export function performanceCounts(counters: RequestCounters): PerformanceCounts {
  const operations = counters.stages.flatMap(({name: stage, device, operations}) =>
    operations.map(counter => ({...counter, stage, device})),
  );
  return {...counters, operations};
}
