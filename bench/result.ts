import type {Machine} from './machine.js';
import type {Parameters} from './parameters.js';
import type {Spread} from './spread.js';

/** What one contender did with one workload. */
export interface Row {
  readonly contender: string;
  /** Inferences per second with many in flight, over the rounds. */
  readonly throughput: Spread;
  /** Processor time of all processes for each inference; null where it cannot be told. */
  readonly processorMs: Spread | null;
  /** To the throughput of `direct` in the same round. */
  readonly throughputRatio: Spread;
  /** With one in flight: the rounds' medians. */
  readonly p50Ms: Spread;
  /** Of all rounds' latencies together. */
  readonly p99Ms: number;
  /** To the sum of bare NATS and `direct` in the same round. */
  readonly p50Ratio: Spread;
  /** SHA-256 of the outputs; none for what infers nothing. */
  readonly sha256?: string;
}

export interface WorkloadResult {
  readonly workload: string;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly streams: number;
  readonly inFlight: number;
  readonly rows: readonly Row[];
}

export interface BenchResult {
  readonly at: string;
  readonly machine: Machine;
  readonly parameters: Parameters;
  readonly workloads: readonly WorkloadResult[];
}
