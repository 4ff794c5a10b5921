import {clientIndex} from '../schemas/stage-graph.js';
import {admission} from './admission.js';
import {StageReplica} from './stage-replica.js';
import {replicaOptions, type StageSetting} from './stage-setting.js';

/**
 * The actor of one stage on one device: its kernel runs a sub-network. Tensors from a client are
 * checked before they reach it; those of other stages come from kernels that were compiled to fit.
 */
export function execute(setting: StageSetting): StageReplica {
  const fromClient = setting.order.sources.includes(clientIndex);
  return new StageReplica(
    replicaOptions(setting, fromClient ? admission(setting.order) : () => {}),
  );
}
