import {StageReplica} from './stage-replica.js';
import {replicaOptions, type StageSetting} from './stage-setting.js';

/**
 * The actor beside the last stage that makes the client's outputs of the network's: its kernel runs
 * the small network that the declared postprocessing steps were built into.
 */
export function postprocess(setting: StageSetting): StageReplica {
  return new StageReplica(replicaOptions(setting, () => {}));
}
