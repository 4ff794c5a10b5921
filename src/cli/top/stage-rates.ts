import type {ClusterActivity, StageActivity} from '../../client/cluster-activity.js';

/** What a stage did between two looks. */
export interface StageRates {
  readonly executedPerSecond: number;
  /** Attempts that failed, expired or were refused. */
  readonly troublePerSecond: number;
  /** Mean times of one attempt; null if there was none. */
  readonly queueMs: number | null;
  readonly executeMs: number | null;
}

export interface Look {
  readonly activity: ClusterActivity;
  readonly atMs: number;
}

/** By the stages' addresses; stages that are new, or did not answer both times, are left out. */
export function stageRates(before: Look, after: Look): ReadonlyMap<string, StageRates> {
  const seconds = (after.atMs - before.atMs) / 1000;
  const earlier = new Map(stagesOf(before).map(({address, stats}) => [address, stats]));
  return new Map(
    stagesOf(after).flatMap(({address, stats: now}) => {
      const then = earlier.get(address);
      if (now === null || then === null || then === undefined || seconds <= 0) return [];
      const executed = now.executed - then.executed;
      const trouble = ['failed', 'expired', 'refused'] as const;
      const mean = (key: 'queueUs' | 'executeUs') =>
        executed === 0 ? null : (now[key] - then[key]) / executed / 1000;
      const rates = {
        executedPerSecond: executed / seconds,
        troublePerSecond: trouble.reduce((sum, key) => sum + now[key] - then[key], 0) / seconds,
        queueMs: mean('queueUs'),
        executeMs: mean('executeUs'),
      };
      return [[address, rates] as const];
    }),
  );
}

function stagesOf({activity}: Look): readonly StageActivity[] {
  return activity.deployments.flatMap(({stages}) => stages);
}
