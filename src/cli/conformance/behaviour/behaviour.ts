import type {BehaviourBench} from './behaviour-bench.js';

/** What a group of behaviours is about. */
export type BehaviourArea =
  | 'callbacks'
  | 'cancellation'
  | 'waiting'
  | 'consistency'
  | 'chaining'
  | 'tensors'
  | 'batches'
  | 'dynamic shapes'
  | 'queues'
  | 'states'
  | 'queries'
  | 'properties'
  | 'counters'
  | 'import and export'
  | 'lifetime'
  | 'threads';

/** Something that holds of every device, whatever plugin knows it. */
export interface Behaviour {
  readonly area: BehaviourArea;
  /** A sentence. */
  readonly name: string;
  /** Rejects with a BehaviourFault where it does not hold, or with whatever a call failed with. */
  run(bench: BehaviourBench): Promise<void>;
}
