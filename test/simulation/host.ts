import type {SimulatedProcess} from './simulated-process.js';

/** Something that runs in processes, and can be started again. */
export interface Host {
  readonly name: string;
  /** Those that are alive now. */
  readonly processes: readonly SimulatedProcess[];
  /** Nothing happens if it runs. */
  start(): void;
  /** All its memory is lost, and nobody is told. */
  crash(): void;
  /** It ends in order. */
  stop(): void;
}
