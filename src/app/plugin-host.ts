import type {LoadedStage, PluginTask, StageExport} from '../../actors/plugin-task.js';
import type {ImportSupport, RuntimeRequirements} from '../../schemas/compiled-network.js';
import type {ConfigMap} from '../../schemas/config.js';
import type {OperationSupport} from '../../schemas/device.js';
import type {DeviceProperties} from '../../schemas/metrics.js';
import {InferenceError} from '../errors.js';
import type {ActorSystem} from '../kernel/actor-system.js';
import {standardConfig} from '../plugin/config.js';
import {deviceProperties} from '../plugin/device-properties.js';
import type {ExecutableNetwork, Plugin} from '../plugin/plugin.js';
import type {BulkStore} from '../ports/bulk-store.js';
import {type Log, silentLog} from '../ports/log.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import type {Timers} from '../ports/timers.js';
import type {NodeCache} from './compiler.js';
import {exportStage} from './export-stage.js';
import {KernelLine} from './kernel-line.js';
import {measureSpeed} from './measure-speed.js';
import {StageExecutor, type StageExecutorOptions} from './stage-executor.js';
import {StageLoader, type StageSource} from './stage-loader.js';
import {systemTimers} from './system-world.js';

export interface PluginHostOptions {
  readonly plugin: Plugin;
  readonly bulk: BulkStore;
  /** Where the executors of loaded stages are provided, named by the stages' addresses. */
  readonly system: ActorSystem;
  readonly cache: NodeCache;
  readonly log?: Log;
  /** Default: Node's. */
  readonly timers?: Timers;
  /** A kernel does not end. */
  readonly onStuck?: (() => void) | undefined;
}

interface HostedStage {
  readonly executable: ExecutableNetwork;
  readonly executor: StageExecutor;
  readonly source: StageSource;
}

type PluginAnswer =
  | DeviceProperties
  | readonly OperationSupport[]
  | LoadedStage
  | StageExport
  | {readonly workPerMs: number}
  | ImportSupport
  | null;

/** Does for device actors what only their plugin can: queries, compiles and releases networks. */
export class PluginHost implements TaskExecutor<PluginTask> {
  readonly slots = 4;
  readonly #options: PluginHostOptions;
  readonly #loader: StageLoader;
  /** By address. */
  readonly #stages = new Map<string, HostedStage>();
  /** Of each device, its stages that take turns. */
  readonly #lines = new Map<string, KernelLine>();
  /** Of each device, by its id. */
  readonly #speeds = new Map<string, Promise<number>>();
  #closed = false;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    const {plugin, bulk, cache, log = silentLog} = options;
    this.#loader = new StageLoader({plugin, bulk, cache, log});
  }

  async run(task: PluginTask): Promise<PluginAnswer> {
    switch (task.kind) {
      case 'properties':
        return deviceProperties(this.#options.plugin, task.device);
      case 'query': {
        const source = await this.#loader.fetch(task.network);
        // A plugin that was closed would start its workers again, for nobody to end.
        if (this.#closed) throw closing();
        return this.#options.plugin.queryNetwork(source, task.config);
      }
      case 'measure': {
        if (this.#closed) throw closing();
        return {workPerMs: await this.#speedOf(task.config)};
      }
      case 'load':
        return this.#load(task.address, task);
      case 'export':
        return this.#export(task.address);
      case 'canImport':
        return this.#canImport(task.requirements);
      case 'release':
        await this.#release(task.address);
        return null;
    }
  }

  #speedOf(config: ConfigMap): Promise<number> {
    const {DEVICE_ID} = standardConfig(config);
    const speed = this.#speeds.get(DEVICE_ID) ?? measureSpeed(this.#options.plugin, config);
    this.#speeds.set(DEVICE_ID, speed);
    return speed;
  }

  /** What is still being loaded is released once it is there. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#stages.keys()].map(address => this.#release(address)));
    await this.#options.plugin.close();
  }

  async #load(
    address: string,
    {
      batch,
      overridable,
      ...order
    }: StageSource & Pick<StageExecutorOptions, 'batch' | 'overridable'>,
  ): Promise<LoadedStage> {
    const {executable, origin} = await this.#loader.load(order);
    if (this.#closed) {
      await executable.release();
      throw closing();
    }
    const {timers = systemTimers} = this.#options;
    const {QUEUED_MAX, AUTO_BATCH_TIMEOUT: batchTimeoutMs} = standardConfig(order.config);
    const onStuck = () => this.#onStuck(address);
    const line = this.#lineOf(order.config, timers);
    const batching = {batch, overridable, batchTimeoutMs};
    const executor = new StageExecutor(executable, {...batching, timers, line, onStuck});
    this.#stages.set(address, {executable, executor, source: order});
    this.#options.system.provide(address, executor);
    return {slots: executor.slots, queuedMax: Math.max(QUEUED_MAX, executor.slots), origin};
  }

  /** Undefined for a stage that takes no turns with others. */
  #lineOf(config: ConfigMap, timers: Timers): KernelLine | undefined {
    const {EXCLUSIVE_ASYNC_REQUESTS, DEVICE_ID} = standardConfig(config);
    if (!EXCLUSIVE_ASYNC_REQUESTS) return undefined;
    const line = this.#lines.get(DEVICE_ID) ?? new KernelLine(timers);
    this.#lines.set(DEVICE_ID, line);
    return line;
  }

  /** Native code cannot be interrupted: whoever owns the process decides. */
  #onStuck(stage: string): void {
    const {log = silentLog, onStuck} = this.#options;
    log.write('error', 'a kernel does not end', {stage});
    onStuck?.();
  }

  /** What cannot be written (a full disk) is left out, if the network itself can travel. */
  async #export(address: string): Promise<StageExport> {
    const {plugin, bulk, log = silentLog} = this.#options;
    const stage = this.#stages.get(address);
    if (stage === undefined || this.#closed) throw closing();
    const {executable, source} = stage;
    const {network, config} = source;
    try {
      return {network, config, compiled: await exportStage({plugin, executable, bulk})};
    } catch (error) {
      const {code, message} = InferenceError.from(error);
      if (network === null) throw error;
      log.write('warn', 'what was compiled is not exported', {stage: address, code, message});
      return {network, config, compiled: null};
    }
  }

  async #canImport(requirements: RuntimeRequirements): Promise<ImportSupport> {
    const {plugin} = this.#options;
    if (this.#closed) throw closing();
    if (plugin.canImport !== undefined) return plugin.canImport(requirements);
    return {supported: false, reason: `${plugin.name} imports nothing`};
  }

  async #release(address: string): Promise<void> {
    const stage = this.#stages.get(address);
    this.#stages.delete(address);
    this.#options.system.withdraw(address);
    await stage?.executor.close();
  }
}

function closing(): InferenceError {
  return new InferenceError('RELEASED', 'the device was closed meanwhile');
}
