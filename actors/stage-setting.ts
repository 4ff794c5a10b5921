import type {StageOrder} from '../schemas/messages/device.js';
import type {NamedTensors} from '../schemas/tensor.js';
import type {StageReplicaOptions} from './stage-replica.js';

/** A stage as its device starts it. */
export interface StageSetting {
  readonly order: StageOrder;
  /** Qualified name of the device that it runs on. */
  readonly device: string;
  /** Inferences that the device runs at once for it. */
  readonly slots: number;
  readonly queuedMax: number;
  /** See StageTracerOptions. */
  readonly traces?: boolean | undefined;
}

/** A stage's executor has the name of its address. */
export function replicaOptions(
  {order, ...setting}: StageSetting,
  admit: (tensors: NamedTensors) => void,
): StageReplicaOptions {
  const {index, name, role, sources, destinations, states, address: executor} = order;
  return {...setting, index, name, role, executor, sources, destinations, states, admit};
}
