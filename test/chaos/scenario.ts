import type {Core} from '../../src/index.js';
import type {ClusterProcesses} from '../support/cluster-processes.js';
import type {Cleanup} from '../support/heterodyne-process.js';
import type {ChaosLoad, LoadCounts} from './chaos-load.js';

type Commands = Readonly<Record<string, readonly string[]>>;

/** What a scenario does its harm with. */
export interface Stage {
  readonly t: Cleanup;
  readonly cluster: ClusterProcesses;
  readonly core: Core;
  readonly load: ChaosLoad;
}

/** A failure for real, under load. */
export interface Scenario {
  readonly name: string;
  /** The processes, by name; `t` ends what else it starts. */
  commands(servers: string, t: Cleanup): Commands | Promise<Commands>;
  readonly device: string;
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  /** Default: 16 at once, 20 s each. */
  readonly requests?: number;
  readonly timeoutMs?: number;
  /** Codes that requests may fail with; none unless said. */
  readonly mayFail?: readonly string[];
  /** Does the harm, and settles when the cluster must have recovered; tells when the harm was done. */
  harm(stage: Stage): Promise<number>;
}

export interface ScenarioResult extends LoadCounts {
  readonly name: string;
  /** The longest time without a success after the harm. */
  readonly recoveryMs: number;
}
