import type {LoadedStage, PluginTask} from '../../actors/plugin-task.js';
import type {OperationSupport} from '../../schemas/device.js';
import type {DeviceProperties} from '../../schemas/metrics.js';
import type {NetworkRef} from '../../schemas/network-blob.js';
import {InferenceError} from '../errors.js';
import type {ActorSystem} from '../kernel/actor-system.js';
import {standardConfig} from '../plugin/config.js';
import {deviceProperties} from '../plugin/device-properties.js';
import type {NetworkSource, Plugin} from '../plugin/plugin.js';
import type {BulkStore} from '../ports/bulk-store.js';
import {type Log, silentLog} from '../ports/log.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import {type Compilable, Compiler, type NodeCache} from './compiler.js';
import {StageExecutor} from './stage-executor.js';

export interface PluginHostOptions {
  readonly plugin: Plugin;
  readonly bulk: BulkStore;
  /** Where the executors of loaded stages are provided, named by the stages' addresses. */
  readonly system: ActorSystem;
  readonly cache: NodeCache;
  readonly log?: Log;
}

/** Does for device actors what only their plugin can: queries, compiles and releases networks. */
export class PluginHost implements TaskExecutor<PluginTask> {
  readonly slots = 4;
  readonly #options: PluginHostOptions;
  readonly #compiler: Compiler;
  readonly #executors = new Map<string, StageExecutor>();
  #closed = false;

  constructor(options: PluginHostOptions) {
    this.#options = options;
    const {plugin, cache, log = silentLog} = options;
    this.#compiler = new Compiler({plugin, cache, log, fetch: network => this.#fetch(network)});
  }

  async run(
    task: PluginTask,
  ): Promise<DeviceProperties | readonly OperationSupport[] | LoadedStage | null> {
    switch (task.kind) {
      case 'properties':
        return deviceProperties(this.#options.plugin, task.device);
      case 'query': {
        const source = await this.#fetch(task.network);
        // A plugin that was closed would start its workers again, for nobody to end.
        if (this.#closed) throw closing();
        return this.#options.plugin.queryNetwork(source, task.config);
      }
      case 'load':
        return this.#load(task.address, task);
      case 'release':
        await this.#release(task.address);
        return null;
    }
  }

  /** What is still being loaded is released once it is there. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#executors.keys()].map(address => this.#release(address)));
    await this.#options.plugin.close();
  }

  async #load(address: string, order: Compilable): Promise<LoadedStage> {
    const {executable, fromCache} = await this.#compiler.load(order);
    if (this.#closed) {
      await executable.release();
      throw closing();
    }
    const executor = new StageExecutor(executable);
    this.#executors.set(address, executor);
    this.#options.system.provide(address, executor);
    const queuedMax = standardConfig(order.config).QUEUED_MAX;
    return {slots: executable.slots, queuedMax, fromCache};
  }

  async #release(address: string): Promise<void> {
    const executor = this.#executors.get(address);
    this.#executors.delete(address);
    this.#options.system.withdraw(address);
    await executor?.close();
  }

  async #fetch({model, weights}: NetworkRef): Promise<NetworkSource> {
    const {bulk} = this.#options;
    const [bytes, weightsFile] = await Promise.all([
      bulk.get(model.digest),
      weights === null ? undefined : bulk.file(weights.digest),
    ]);
    return {model: bytes, weightsFile};
  }
}

function closing(): InferenceError {
  return new InferenceError('RELEASED', 'the device was closed meanwhile');
}
