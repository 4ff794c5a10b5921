import type {LoadedStage, PluginTask, StageExport} from '../../actors/plugin-task.js';
import type {CompiledRef} from '../../schemas/compiled-network.js';
import type {OperationSupport} from '../../schemas/device.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {StageExecutor} from '../../src/app/stage-executor.js';
import {InferenceError} from '../../src/errors.js';
import {standardConfig} from '../../src/plugin/config.js';
import type {TaskExecutor} from '../../src/ports/task-executor.js';
import type {NetworkShelf} from './network-shelf.js';
import type {Poisonings} from './poisonings.js';
import type {DeviceKind} from './scenario.js';
import {SimulatedKernel} from './simulated-kernel.js';
import type {SimulatedProcess} from './simulated-process.js';
import type {SimulatedWorld} from './simulated-world.js';

/** How a device does at the moment. */
export interface Condition {
  /** How often longer than usual its kernels take; infinite: they are stuck. */
  slowness: number;
}

export interface PluginSetting {
  /** The device's name. */
  readonly device: string;
  readonly kind: DeviceKind;
  readonly world: SimulatedWorld;
  readonly shelf: NetworkShelf;
  readonly poisonings: Poisonings;
}

interface Held {
  readonly network: NetworkRef;
  readonly config: StageExport['config'];
  readonly kernel: SimulatedKernel;
  readonly executor: StageExecutor;
}

type Load = PluginTask & {readonly kind: 'load'};

/** The plugin of a simulated device process. */
export class SimulatedPlugin implements TaskExecutor<PluginTask> {
  readonly slots = 4;
  readonly condition: Condition = {slowness: 1};
  readonly #process: SimulatedProcess;
  readonly #setting: PluginSetting;
  readonly #held = new Map<string, Held>();

  constructor(process: SimulatedProcess, setting: PluginSetting) {
    this.#process = process;
    this.#setting = setting;
  }

  /** Addresses of the stages that it holds. */
  get stages(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Requests that may be at one of them: running, gathering or waiting. */
  loadMax(address: string): number {
    const slots = this.#held.get(address)?.executor.slots ?? 0;
    return slots + this.#queuedMax(slots);
  }

  /** Its kernels get on with what they were stuck in. */
  letGo(): void {
    for (const {kernel} of this.#held.values()) kernel.letGo();
  }

  async run(task: PluginTask): Promise<unknown> {
    switch (task.kind) {
      case 'query':
        await this.#process.delay(this.#process.random.next() * 20);
        return this.#setting.shelf.operationsOf(task.network).map(name => this.#support(name));
      case 'load':
        return this.#load(task);
      case 'export':
        return this.#export(task.address);
      case 'canImport':
        return this.#canImport(task.requirements);
      case 'measure':
        await this.#process.delay(this.#process.random.next() * 20);
        return {workPerMs: 100 / this.#setting.kind.kernelMs};
      case 'release':
        return this.#release(task.address);
      default:
        throw new InferenceError('NOT_IMPLEMENTED', `no ${task.kind} is simulated`);
    }
  }

  async close(): Promise<void> {}

  #support(name: string): OperationSupport {
    const refused = this.#setting.kind.lacks.includes(name);
    return refused ? {name, supported: false, reason: 'lacked'} : {name, supported: true};
  }

  async #load({address, compiled, config, batch, ...given}: Load): Promise<LoadedStage> {
    const {kind, world, shelf, poisonings, device} = this.#setting;
    const imports = compiled !== null && this.#canImport(compiled.requirements).supported;
    const network = imports ? networkIn(compiled) : given.network;
    if (network === null) throw new InferenceError('BLOB_INCOMPATIBLE', 'nothing to compile');
    if (imports) world.reached.note('a stage was imported');
    poisonings.loads(device, shelf.graphOf(network).name);
    await this.#process.delay(kind.loadMs * (0.5 + this.#process.random.next()));
    const lacked = shelf.operationsOf(network).filter(name => kind.lacks.includes(name));
    if (lacked.length > 0) {
      const what = `${this.#process.name} was to load ${lacked} in ${address}`;
      world.broken.report('no stage is on a device that lacks it', what);
    }
    const kernel = this.#kernel(network);
    const {AUTO_BATCH_TIMEOUT: batchTimeoutMs} = standardConfig(config);
    const {timers} = this.#process.world;
    const onStuck = () => this.#process.crash('has a kernel that does not end');
    const batching = {batch, overridable: [], batchTimeoutMs};
    const executor = new StageExecutor(kernel, {...batching, timers, onStuck});
    this.#held.set(address, {network, config, kernel, executor});
    this.#process.system.provide(address, this.#counted(address, executor));
    const {slots} = executor;
    return {slots, queuedMax: this.#queuedMax(slots), origin: imports ? 'blob' : 'compiled'};
  }

  #kernel(network: NetworkRef): SimulatedKernel {
    const {kind, world, shelf, poisonings, device} = this.#setting;
    const {kernelMs, slots, fragile = false, diesOf = []} = kind;
    const isPoison = shelf.operationsOf(network).some(name => diesOf.includes(name));
    return new SimulatedKernel({
      ...{process: this.#process, shelf, network, slots, fragile},
      kernelMs: () => {
        return kernelMs * (0.5 + this.#process.random.next()) * this.condition.slowness;
      },
      onRun: rows => {
        if (rows > 1) world.reached.note('several requests ran as one');
        if (!isPoison) return;
        poisonings.died(device, shelf.graphOf(network).name);
        this.#process.crash('is ended by a kernel');
      },
    });
  }

  /** Whoever gives it work keeps to its slots. */
  #counted(address: string, executor: StageExecutor): TaskExecutor {
    let given = 0;
    return {
      slots: executor.slots,
      run: async task => {
        given += 1;
        if (given > executor.slots) {
          const what = `${address} runs ${given} inferences in ${executor.slots} slots`;
          this.#setting.world.broken.report('nothing is over its bound', what);
        }
        try {
          return await executor.run(task as Parameters<StageExecutor['run']>[0]);
        } finally {
          given -= 1;
        }
      },
      close: () => executor.close(),
    };
  }

  #queuedMax(slots: number): number {
    return Math.max(this.#setting.kind.queuedMax, slots);
  }

  async #export(address: string): Promise<StageExport> {
    const held = this.#held.get(address);
    await this.#process.delay(this.#setting.kind.loadMs * this.#process.random.next());
    if (held === undefined) throw new InferenceError('RELEASED', `${address} is not here`);
    const {network, config} = held;
    const requirements = {runtime: this.#setting.kind.kind};
    return {network, config, compiled: {content: network.model, weights: null, requirements}};
  }

  #canImport({runtime = ''}: CompiledRef['requirements']) {
    const {kind} = this.#setting.kind;
    if (runtime === kind) return {supported: true} as const;
    return {supported: false, reason: `${kind} does not import from ${runtime}`} as const;
  }

  async #release(address: string): Promise<null> {
    this.#process.system.withdraw(address);
    await this.#held.get(address)?.executor.close();
    this.#held.delete(address);
    return null;
  }
}

/** What was compiled is as good as the network. */
function networkIn({content}: CompiledRef): NetworkRef {
  return {model: content, weights: null};
}
