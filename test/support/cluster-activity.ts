import type {StageStats} from '../../schemas/messages/stage.js';
import type {ClusterActivity} from '../../src/client/cluster-activity.js';

const noStats: StageStats = {
  load: 0,
  executed: 0,
  failed: 0,
  cancelled: 0,
  expired: 0,
  refused: 0,
  queueUs: 0,
  executeUs: 0,
  runUs: 0,
};

/** One network on `host-a/CPU`, whose stage has done so much; null: it does not answer. */
export function activityOf(stats: Partial<StageStats> | null): ClusterActivity {
  return {
    devices: [
      {name: 'host-b/GPU', state: 'givenUp', why: 'exit status 3', restarts: null},
      {name: 'host-a/CPU', state: 'alive', why: null, restarts: 2},
    ],
    deployments: [
      {
        id: 'D123456789',
        network: 'digits',
        device: 'CPU',
        state: 'loaded',
        why: null,
        epoch: 3,
        clients: 1,
        stages: [
          {
            variant: 0,
            index: 0,
            name: 'stage0 CPU',
            role: 'execute',
            device: 'host-a/CPU',
            address: 'stage.D123456789.0.0.0',
            stats: stats === null ? null : {...noStats, ...stats},
          },
        ],
      },
    ],
  };
}
