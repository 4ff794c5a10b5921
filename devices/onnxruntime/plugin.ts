import {availableParallelism} from 'node:os';
import {localName, type OperationSupport} from '../../schemas/device.js';
import type {Metrics} from '../../schemas/metrics.js';
import type {ConfigValues} from '../../schemas/properties.js';
import {InferenceError} from '../../src/errors.js';
import {parseConfig} from '../../src/plugin/config.js';
import {ExclusiveNetwork} from '../../src/plugin/exclusive-network.js';
import {ExecutorManager} from '../../src/plugin/executor-manager.js';
import type {
  Config,
  ExecutableNetwork,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';
import {resolveStreams} from '../../src/plugin/streams.js';
import {WarmWorkers} from '../../src/plugin/warm-workers.js';
import {type LoadOptions, OnnxRuntimeNetwork} from './executable-network.js';
import {ServicePool} from './service-pool.js';
import type {KernelSetup} from './session-source.js';
import type {KernelTask} from './start-kernel.js';

/** What sets one build of ONNX Runtime apart from another. */
export interface PluginOptions {
  readonly name: string;
  /** The version of ONNX Runtime. */
  readonly version: string;
  readonly fullName: string;
  readonly capabilities: readonly string[];
  /** What kernels are made for. Default: the host's processor. */
  readonly architecture?: string;
  /** Whether an inference can use several threads. */
  readonly threaded: boolean;
  /** What streams share out among them. Default: the host's cores. */
  readonly parallelism?: number;
  readonly kernelWorker: URL;
  readonly serviceWorker: URL;
  /** Given to both when they start. */
  readonly workerData?: unknown;
}

/** A plugin over one build of ONNX Runtime. Whoever loads a network releases it. */
export class OnnxRuntimePlugin implements Plugin {
  readonly name: string;
  readonly version: string;
  readonly #options: PluginOptions;
  readonly #workers: WarmWorkers<KernelSetup, KernelTask>;
  readonly #executors = new ExecutorManager();
  #service: ServicePool | undefined;
  #closed = false;

  constructor(options: PluginOptions) {
    this.name = options.name;
    this.version = options.version;
    this.#options = options;
    this.#workers = new WarmWorkers(options.kernelWorker, options.workerData);
  }

  async devices(): Promise<readonly PluginDevice[]> {
    const {fullName, capabilities} = this.#options;
    const works = await this.service.probe();
    return works ? [{id: '', fullName, capabilities}] : [];
  }

  async getMetrics(): Promise<Metrics> {
    return {DEVICE_ARCHITECTURE: this.#options.architecture ?? process.arch};
  }

  async queryNetwork(network: NetworkSource, config: Config): Promise<readonly OperationSupport[]> {
    parseConfig(config);
    return this.service.queryOperations(network);
  }

  loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    return this.open(config, options => OnnxRuntimeNetwork.load(network, options));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#service?.close(), this.#workers.close()]);
  }

  /** How a network writes what it was compiled to; null: this build of ONNX Runtime cannot. */
  protected get save(): LoadOptions['save'] {
    return null;
  }

  /** Throws RELEASED once closed: nobody would end it. */
  protected get service(): ServicePool {
    if (this.#closed) throw new InferenceError('RELEASED', `${this.name} was closed`);
    this.#service ??= new ServicePool(this.#options.serviceWorker, this.#options.workerData);
    return this.#service;
  }

  /** Opens a network as `config` says. Rejects as `load` does, and for a wrong `config`. */
  protected async open(
    config: Config,
    load: (options: LoadOptions) => Promise<ExecutableNetwork>,
  ): Promise<ExecutableNetwork> {
    const values = parseConfig(config);
    const loaded = await load(this.#loadOptions(values));
    if (!values.EXCLUSIVE_ASYNC_REQUESTS) return loaded;
    const device = localName(this.name, values.DEVICE_ID);
    return new ExclusiveNetwork(loaded, this.#executors.get(device));
  }

  #loadOptions(values: ConfigValues): LoadOptions {
    const {parallelism = availableParallelism()} = this.#options;
    const {streams, threadsPerStream} = resolveStreams(values, parallelism);
    return {
      workers: this.#workers,
      streams: {streams, threadsPerStream: this.#options.threaded ? threadsPerStream : 1},
      queuedMax: values.QUEUED_MAX,
      measures: values.PERF_COUNT,
      save: this.save,
    };
  }
}
