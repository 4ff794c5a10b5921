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
import {KernelLine} from './kernel-line.js';
import {RuntimeAverages} from './runtime-averages.js';

type Task = StageTask | RuntimeGraphTask | ConfigureTask | StuckTask;

export interface StageExecutorOptions {
  /** Requests that run as one; 1: each for itself. */
  readonly batch: number;
  /** Initializers that a request may bring values for; one that does runs alone. */
  readonly overridable: readonly string[];
  /** How long a request waits for a batch to fill up. */
  readonly batchTimeoutMs: number;
  readonly timers: Timers;
  /** Whose kernels it waits for besides its own, if it shares them. */
  readonly line?: KernelLine | undefined;
  /** A kernel has not ended long after its request's deadline; it may never. */
  onStuck(): void;
}

/** A stage's kernels as a task executor. */
export class StageExecutor implements TaskExecutor<Task, StageResult | RuntimeGraph | null> {
  readonly #executable: ExecutableNetwork;
  readonly #averages = new RuntimeAverages();

  readonly #options: StageExecutorOptions;
  readonly #batcher: Batcher | undefined;
  /** Undefined where each request that it is given has a kernel at once. */
  readonly #line: KernelLine | undefined;

  constructor(executable: ExecutableNetwork, options: StageExecutorOptions) {
    const {batch, overridable, batchTimeoutMs: timeoutMs, timers} = options;
    this.#executable = executable;
    this.#options = options;
    this.#line = options.line ?? (batch > 1 ? new KernelLine(timers, executable.slots) : undefined);
    if (batch > 1) {
      const infer = (task: StageTask) => this.#infer(task);
      this.#batcher = new Batcher({rowsMax: batch, overridable, timeoutMs, timers, infer});
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
      else this.#onStuck();
      return null;
    }
    return this.#batcher?.infer(task) ?? this.#infer(task);
  }

  close(): Promise<void> {
    this.#batcher?.flush();
    return this.#executable.release();
  }

  /** Its request may be waiting for others, which take their time. */
  #onStuck(): void {
    const {onStuck} = this.#options;
    if (this.#line === undefined) onStuck();
    else this.#line.watch(this, onStuck);
  }

  #infer(task: StageTask): Promise<StageResult> {
    const infer = () => (task.profile ? this.#inferMeasured(task) : this.#executable.infer(task));
    return this.#line?.run(this, infer) ?? infer();
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
