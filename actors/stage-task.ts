import type {InferenceCounters} from '../schemas/performance-counters.js';
import type {NamedTensors} from '../schemas/tensor.js';

/** A task for the stage's executor. */
export interface StageTask {
  readonly tensors: NamedTensors;
  readonly owned: boolean;
  readonly profile: boolean;
}

/** What the stage's executor gives back. */
export interface StageResult {
  readonly tensors: NamedTensors;
  readonly executeUs: number;
  readonly counters?: InferenceCounters;
}

/** Tells it that a kernel does not end. */
export interface StuckTask {
  readonly kind: 'stuck';
}

/** Another task for it, which is answered by a RuntimeGraph. */
export interface RuntimeGraphTask {
  readonly kind: 'runtimeGraph';
}

/** Another one: how long requests wait for a batch from now on. */
export interface ConfigureTask {
  readonly kind: 'configure';
  readonly batchTimeoutMs: number;
}
