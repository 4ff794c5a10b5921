import type {RuntimeGraphTask, StageResult, StageTask} from '../../actors/stage-task.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {InferenceError} from '../../src/errors.js';
import type {TaskExecutor} from '../../src/ports/task-executor.js';
import type {NetworkShelf} from './network-shelf.js';
import type {SimulatedProcess} from './simulated-process.js';

export interface KernelSetting {
  readonly process: SimulatedProcess;
  readonly shelf: NetworkShelf;
  readonly network: NetworkRef;
  readonly slots: number;
  /** How long an inference takes from now on; infinite: until the kernel is let go. */
  kernelMs(): number;
  /** Called with the number of inferences whenever one begins. */
  onRun(running: number): void;
}

/** A stage's kernels. */
export class SimulatedKernel implements TaskExecutor<StageTask | RuntimeGraphTask, StageResult> {
  readonly slots: number;
  readonly #setting: KernelSetting;
  readonly #stuck = new Set<() => void>();
  #running = 0;

  constructor(setting: KernelSetting) {
    this.#setting = setting;
    this.slots = setting.slots;
  }

  async run(task: StageTask | RuntimeGraphTask): Promise<StageResult> {
    if ('kind' in task) throw new InferenceError('NOT_IMPLEMENTED', 'kernels here have no graph');
    const {process, shelf, network, kernelMs, onRun} = this.#setting;
    onRun(++this.#running);
    const executeMs = kernelMs();
    if (Number.isFinite(executeMs)) await process.delay(executeMs);
    else await new Promise<void>(resolve => this.#stuck.add(resolve));
    this.#running -= 1;
    const tensors = shelf.compute(network, task.tensors);
    if (task.owned) for (const {data} of task.tensors.values()) (data as Float32Array).fill(-1);
    return {tensors, executeUs: Math.floor(process.random.next() * 1000)};
  }

  /** What is stuck ends. */
  letGo(): void {
    for (const end of this.#stuck) end();
    this.#stuck.clear();
  }

  async close(): Promise<void> {
    this.letGo();
  }
}
