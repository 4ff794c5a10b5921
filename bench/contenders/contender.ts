import type {NamedTensors, TensorData} from '../../schemas/tensor.js';

/** One way of running a network. */
export interface Contender {
  readonly name: string;
  /**
   * Runs one inference. `slot` tells those that run at the same time apart; `input` picks one out of
   * the workload's inputs.
   */
  infer(slot: number, input: number): Promise<Readonly<Record<string, TensorData>>>;
  close(): Promise<void>;
}

/** What every contender is given. */
export interface Workload {
  readonly name: string;
  /** A serialised ModelProto. */
  readonly model: Uint8Array;
  /** Given in turn, so that no answer can be remembered. */
  readonly inputs: readonly NamedTensors[];
  /** Sessions, each on a thread of its own. */
  readonly streams: number;
  /** Inferences that run at once where throughput is measured. */
  readonly inFlight: number;
}
