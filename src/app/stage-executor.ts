import type {RuntimeGraphTask, StageResult, StageTask} from '../../actors/stage-replica.js';
import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import {InferenceError} from '../errors.js';
import type {ExecutableNetwork} from '../plugin/plugin.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import {RuntimeAverages} from './runtime-averages.js';

type Task = StageTask | RuntimeGraphTask;

/** A stage's kernels as a task executor. */
export class StageExecutor implements TaskExecutor<Task, StageResult | RuntimeGraph> {
  readonly #executable: ExecutableNetwork;
  readonly #averages = new RuntimeAverages();

  constructor(executable: ExecutableNetwork) {
    this.#executable = executable;
  }

  get slots(): number {
    return this.#executable.slots;
  }

  run(task: Task): Promise<StageResult | RuntimeGraph> {
    if ('kind' in task) return this.#runtimeGraph();
    return task.profile ? this.#inferMeasured(task) : this.#executable.infer(task);
  }

  close(): Promise<void> {
    return this.#executable.release();
  }

  async #inferMeasured(task: StageTask): Promise<StageResult> {
    const result = await this.#executable.infer(task);
    if (result.counters !== undefined) this.#averages.add(result.counters.operations);
    return result;
  }

  /** Rejects with NOT_IMPLEMENTED if the plugin does not tell. */
  async #runtimeGraph(): Promise<RuntimeGraph> {
    const graph = await this.#executable.getRuntimeGraph?.();
    if (graph !== undefined) return this.#averages.annotate(graph);
    throw new InferenceError('NOT_IMPLEMENTED', 'the plugin does not tell its runtime graph');
  }
}
