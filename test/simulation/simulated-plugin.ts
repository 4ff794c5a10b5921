import type {LoadedStage, PluginTask} from '../../actors/plugin-task.js';
import type {OperationSupport} from '../../schemas/device.js';
import {InferenceError} from '../../src/errors.js';
import type {TaskExecutor} from '../../src/ports/task-executor.js';
import type {NetworkShelf} from './network-shelf.js';
import type {DeviceKind} from './scenario.js';
import {SimulatedKernel} from './simulated-kernel.js';
import type {SimulatedProcess} from './simulated-process.js';
import type {SimulatedWorld} from './simulated-world.js';

/** How a device does at the moment. */
export interface Condition {
  /** How often longer than usual its kernels take; infinite: they are stuck. */
  slowness: number;
}

/** The plugin of a simulated device process. */
export class SimulatedPlugin implements TaskExecutor<PluginTask> {
  readonly slots = 4;
  readonly condition: Condition = {slowness: 1};
  readonly #process: SimulatedProcess;
  readonly #world: SimulatedWorld;
  readonly #shelf: NetworkShelf;
  readonly #kind: DeviceKind;
  readonly #kernels = new Map<string, SimulatedKernel>();

  constructor(
    process: SimulatedProcess,
    of: {readonly world: SimulatedWorld; readonly shelf: NetworkShelf; readonly kind: DeviceKind},
  ) {
    this.#process = process;
    this.#world = of.world;
    this.#shelf = of.shelf;
    this.#kind = of.kind;
  }

  /** Addresses of the stages that it holds. */
  get stages(): readonly string[] {
    return [...this.#kernels.keys()];
  }

  /** Its kernels get on with what they were stuck in. */
  letGo(): void {
    for (const kernel of this.#kernels.values()) kernel.letGo();
  }

  async run(task: PluginTask): Promise<unknown> {
    switch (task.kind) {
      case 'query':
        await this.#process.delay(this.#process.random.next() * 20);
        return this.#shelf.operationsOf(task.network).map(name => this.#support(name));
      case 'load':
        return this.#load(task);
      case 'release':
        return this.#release(task.address);
      default:
        throw new InferenceError('NOT_IMPLEMENTED', `no ${task.kind} is simulated`);
    }
  }

  async close(): Promise<void> {}

  #support(name: string): OperationSupport {
    const refused = this.#kind.lacks.includes(name);
    return refused ? {name, supported: false, reason: 'lacked'} : {name, supported: true};
  }

  async #load({address, network}: PluginTask & {readonly kind: 'load'}): Promise<LoadedStage> {
    const {lacks, loadMs, kernelMs, slots, queuedMax} = this.#kind;
    if (network === null) throw new InferenceError('NOT_IMPLEMENTED', 'no blobs are simulated');
    await this.#process.delay(loadMs * (0.5 + this.#process.random.next()));
    const lacked = this.#shelf.operationsOf(network).filter(name => lacks.includes(name));
    if (lacked.length > 0) {
      const what = `${this.#process.name} was to load ${lacked} in ${address}`;
      this.#world.broken.report('no stage is on a device that lacks it', what);
    }
    const kernel = new SimulatedKernel({
      process: this.#process,
      shelf: this.#shelf,
      network,
      slots,
      kernelMs: () => {
        return kernelMs * (0.5 + this.#process.random.next()) * this.condition.slowness;
      },
      onRun: running => this.#onRun(address, running),
    });
    this.#kernels.set(address, kernel);
    this.#process.system.provide(address, kernel);
    return {slots, queuedMax, origin: 'compiled'};
  }

  async #release(address: string): Promise<null> {
    this.#process.system.withdraw(address);
    await this.#kernels.get(address)?.close();
    this.#kernels.delete(address);
    return null;
  }

  #onRun(address: string, running: number): void {
    if (running <= this.#kind.slots) return;
    const what = `${address} runs ${running} inferences in ${this.#kind.slots} slots`;
    this.#world.broken.report('nothing is over its bound', what);
  }
}
