import type {NetworkRef} from '../../schemas/network-blob.js';
import {InferenceError} from '../../src/errors.js';
import type {ExecutableNetwork, Inference, InferenceResult} from '../../src/plugin/plugin.js';
import type {NetworkShelf} from './network-shelf.js';
import type {SimulatedProcess} from './simulated-process.js';

export interface KernelSetting {
  readonly process: SimulatedProcess;
  readonly shelf: NetworkShelf;
  readonly network: NetworkRef;
  readonly slots: number;
  /** It fails on hard values. */
  readonly fragile: boolean;
  /** How long an inference takes from now on; infinite: until the kernel is let go. */
  kernelMs(): number;
  /** Told of the rows of each inference; may end the process. */
  onRun(rows: number): void;
}

/** A stage's kernels. */
export class SimulatedKernel implements ExecutableNetwork {
  readonly inputs = [];
  readonly outputs = [];
  readonly slots: number;
  readonly #setting: KernelSetting;
  readonly #stuck = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(setting: KernelSetting) {
    this.#setting = setting;
    this.slots = setting.slots;
  }

  async infer(inference: Inference): Promise<InferenceResult> {
    if (this.#running >= this.slots) await new Promise<void>(go => this.#waiting.push(go));
    this.#running += 1;
    try {
      return await this.#run(inference);
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #run({tensors: given, owned}: Inference): Promise<InferenceResult> {
    const {process, shelf, network, fragile, kernelMs, onRun} = this.#setting;
    const executeMs = kernelMs();
    if (Number.isFinite(executeMs)) await process.delay(executeMs);
    else await new Promise<void>(resolve => this.#stuck.add(resolve));
    onRun([...given.values()][0]?.shape[0] ?? 1);
    const isHard = fragile && shelf.isHard(network, given);
    const tensors = shelf.compute(network, given);
    if (owned) for (const {data} of given.values()) (data as Float32Array).fill(-1);
    const executeUs = Math.floor(process.random.next() * 1000);
    if (isHard) throw new InferenceError('STAGE_FAILED', 'the kernel does not take this value');
    return {tensors, executeUs};
  }

  /** What is stuck ends. */
  letGo(): void {
    for (const end of this.#stuck) end();
    this.#stuck.clear();
  }

  async release(): Promise<void> {
    this.letGo();
  }
}
