import type {Kernel} from './kernel.js';

/** One operation of a compiled network. */
export interface Step {
  readonly operation: string;
  /** The operation's type. */
  readonly type: string;
  readonly kernel: Kernel;
  /** Names of values; empty where one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values that nobody reads after this step, so that their memory is free again. */
  readonly lastReads: readonly string[];
}
