import {availableParallelism} from 'node:os';
import type {ImportSupport, RuntimeRequirements} from '../../schemas/compiled-network.js';
import {localName, type OperationSupport} from '../../schemas/device.js';
import {parseConfig} from '../../src/plugin/config.js';
import {ExecutorManager} from '../../src/plugin/executor-manager.js';
import {meetsRequirements} from '../../src/plugin/meets-requirements.js';
import type {
  CompiledNetwork,
  Config,
  ExecutableNetwork,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';
import {sharedBytes} from '../../src/plugin/shared-bytes.js';
import {resolveStreams} from '../../src/plugin/streams.js';
import {WarmWorkers} from '../../src/plugin/warm-workers.js';
import {WorkerPool} from '../../src/plugin/worker-pool.js';
import {type KernelWorkers, TemplateNetwork} from './executable-network.js';

/** Questions that wait for the one worker that answers them. */
const queriesMax = 256;

/** The reference plugin: kernels in TypeScript, on the host's processor. */
export class TemplatePlugin implements Plugin {
  readonly name = 'TEMPLATE';
  readonly version = '1.0.0';
  /** No config changes what is compiled. */
  readonly cachingProperties: readonly string[] = [];
  readonly #executors = new ExecutorManager();
  readonly #workers: KernelWorkers = new WarmWorkers(
    new URL('./kernel-worker.js', import.meta.url),
  );
  #queries: WorkerPool<SharedArrayBuffer> | undefined;

  devices(): Promise<readonly PluginDevice[]> {
    const fullName = 'Reference kernels in TypeScript';
    return Promise.resolve([
      {id: '', fullName, capabilities: ['FP32', 'FP16', 'INT8', 'EXPORT_IMPORT']},
    ]);
  }

  async queryNetwork({model}: NetworkSource, config: Config): Promise<readonly OperationSupport[]> {
    parseConfig(config);
    this.#queries ??= new WorkerPool({
      module: new URL('./query-worker.js', import.meta.url),
      workers: 1,
      queuedMax: queriesMax,
    });
    return this.#queries.run(sharedBytes(model));
  }

  async loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    return this.#network(config).compile(network);
  }

  /** Its kernels are the same on every host. */
  async runtimeRequirements(): Promise<RuntimeRequirements> {
    return {plugin: this.name, version: this.version};
  }

  async canImport(requirements: RuntimeRequirements): Promise<ImportSupport> {
    return meetsRequirements(requirements, await this.runtimeRequirements());
  }

  async importNetwork(compiled: CompiledNetwork, config: Config): Promise<ExecutableNetwork> {
    return this.#network(config).import(compiled);
  }

  #network(config: Config): TemplateNetwork {
    const values = parseConfig(config);
    const {streams: slots} = resolveStreams(values, availableParallelism());
    const device = localName(this.name, values.DEVICE_ID);
    const [executors, workers] = [this.#executors, this.#workers];
    return new TemplateNetwork({device, config: values, slots, executors, workers});
  }

  async close(): Promise<void> {
    await Promise.all([this.#queries?.close(), this.#workers.close()]);
    this.#queries = undefined;
  }
}
