import type {
  ConfigureTask,
  RuntimeGraphTask,
  StageResult,
  StageTask,
  StuckTask,
} from '../../actors/stage-task.js';
import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import type {ExecutableNetwork} from '../plugin/plugin.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import type {Timers} from '../ports/timers.js';
import {Batcher} from './batcher.js';
import {checkedCounters, checkedRuntimeGraph} from './checked-counters.js';
import {RuntimeAverages} from './runtime-averages.js';

type Task = StageTask | RuntimeGraphTask | ConfigureTask | StuckTask;

export interface StageExecutorOptions {
  /** Requests that run as one; 1: each for itself. */
  readonly batch: number;
  /** How long a request waits for a batch to fill up. */
  readonly batchTimeoutMs: number;
  readonly timers: Timers;
  /** A kernel has not ended long after its request's deadline; it may never. */
  onStuck(): void;
}

/** A stage's kernels as a task executor. */
export class StageExecutor implements TaskExecutor<Task, StageResult | RuntimeGraph | null> {
  readonly #executable: ExecutableNetwork;
  readonly #averages = new RuntimeAverages();

  readonly #options: StageExecutorOptions;
  readonly #batcher: Batcher | undefined;

  constructor(executable: ExecutableNetwork, options: StageExecutorOptions) {
    const {batch, batchTimeoutMs: timeoutMs, timers} = options;
    this.#executable = executable;
    this.#options = options;
    if (batch > 1) {
      const infer = (task: StageTask) => this.#infer(task);
      this.#batcher = new Batcher({rowsMax: batch, timeoutMs, timers, infer});
    }
  }

  /** Requests that it takes at once: for each kernel, a batch. */
  get slots(): number {
    return this.#executable.slots * this.#options.batch;
  }

  async run(task: Task): Promise<StageResult | RuntimeGraph | null> {
    if ('kind' in task) {
      if (task.kind === 'runtimeGraph') return this.#runtimeGraph();
      if (task.kind === 'configure') this.#batcher?.setTimeoutMs(task.batchTimeoutMs);
      else this.#options.onStuck();
      return null;
    }
    return this.#batcher?.infer(task) ?? this.#infer(task);
  }

  close(): Promise<void> {
    this.#batcher?.flush();
    return this.#executable.release();
  }

  #infer(task: StageTask): Promise<StageResult> {
    return task.profile ? this.#inferMeasured(task) : this.#executable.infer(task);
  }

  async #inferMeasured(task: StageTask): Promise<StageResult> {
    const {counters: given, ...result} = await this.#executable.infer(task);
    const counters = checkedCounters(given);
    if (counters === undefined) return result;
    this.#averages.add(counters.operations);
    return {...result, counters};
  }

  /** Rejects with NOT_IMPLEMENTED if the plugin does not tell, or PAYLOAD_TOO_LARGE. */
  async #runtimeGraph(): Promise<RuntimeGraph> {
    const graph = checkedRuntimeGraph(await this.#executable.getRuntimeGraph?.());
    return checkedRuntimeGraph(this.#averages.annotate(graph));
  }
}
