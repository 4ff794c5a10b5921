import type {Deployment} from '../schemas/deployment.js';
import type {StageTiming} from '../schemas/messages/stage.js';
import type {NamedTensors} from '../schemas/tensor.js';
import type {InferenceError} from '../src/errors.js';
import type {Outcome} from '../src/kernel/behaviour.js';
import type {RequestCounters} from './request-counters.js';
import type {Way} from './route-table.js';

/** What the session tells the library: each request and each ask ends in exactly one of the others. */
export type ClientEvent =
  /** The deployment's variants have changed. */
  | {readonly kind: 'changed'; readonly deployment: Deployment}
  | {
      readonly kind: 'done';
      readonly request: number;
      readonly outputs: NamedTensors;
      readonly timings: readonly StageTiming[];
      readonly attempts: number;
      /** If the request was measured. */
      readonly counters?: RequestCounters;
      /** Of the attempt that succeeded. */
      readonly through: Way;
      /** Where its states are, if the network has any. */
      readonly way?: Way;
    }
  | {readonly kind: 'failed'; readonly request: number; readonly error: InferenceError}
  | {readonly kind: 'answered'; readonly ask: number; readonly outcome: Outcome};
