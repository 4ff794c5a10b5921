import {admission} from './admission.js';
import {StageReplica} from './stage-replica.js';
import {replicaOptions, type StageSetting} from './stage-setting.js';

/**
 * The actor beside the first stage that makes network inputs of what the client ships (uint8 images,
 * say): its kernel runs the small network that the declared preprocessing steps were built into.
 */
export function preprocess(setting: StageSetting): StageReplica {
  return new StageReplica(replicaOptions(setting, admission(setting.order)));
}
