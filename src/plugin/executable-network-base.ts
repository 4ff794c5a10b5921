import type {MetricValues} from '../../schemas/metrics.js';
import type {ConfigKey, ConfigValues} from '../../schemas/properties.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../errors.js';
import {AsyncInferRequest, type Stage} from './async-infer-request.js';
import {listKeys} from './device-properties.js';
import type {ExecutorManager} from './executor-manager.js';
import type {InferRequest, RequestNetwork} from './infer-request.js';
import {invalidBlob} from './invalid-blob.js';
import {NamedExecutor} from './named-executor.js';
import type {
  CompiledNetwork,
  ExecutableNetwork,
  Inference,
  InferenceResult,
  NetworkSource,
} from './plugin.js';
import {unknownConfigKey, unknownMetric} from './unknown-key.js';

/** What is known of a network once it is compiled. */
export interface CompiledDescription extends RequestNetwork {
  readonly name: string;
}

export interface ExecutableNetworkOptions {
  /** The device's name on its node, for which its executors are called: `CPU`, `GPU.1`. */
  readonly device: string;
  readonly config: ConfigValues;
  /** Inferences that run at the same time. */
  readonly slots: number;
  readonly executors: ExecutorManager;
}

/** What an executable network on one device says about itself. */
export type NetworkMetrics = Pick<
  MetricValues,
  | 'NETWORK_NAME'
  | 'OPTIMAL_NUMBER_OF_INFER_REQUESTS'
  | 'EXECUTION_DEVICES'
  | 'SUPPORTED_METRICS'
  | 'SUPPORTED_CONFIG_KEYS'
  | 'SUPPORTED_PROPERTIES'
>;

/**
 * What executable networks have in common. A plugin derives from it, says how a network is
 * transformed, mapped to its backend's graph and given memory, and how a request is made; `Graph` is
 * the backend's own representation.
 */
export abstract class ExecutableNetworkBase<Graph> implements ExecutableNetwork {
  readonly slots: number;
  readonly #options: ExecutableNetworkOptions;
  readonly #taskExecutor: NamedExecutor;
  readonly #idle: AsyncInferRequest[] = [];
  #graph: Graph | undefined;
  #compiled: CompiledDescription | undefined;
  #inputIndex: ReadonlyMap<string, number> = new Map();
  #outputIndex: ReadonlyMap<string, number> = new Map();
  #requests = 0;
  #released = false;

  constructor(options: ExecutableNetworkOptions) {
    this.#options = options;
    const {device, config, slots, executors} = options;
    // It must not stand in line for several of its inferences at once.
    this.slots = config.EXCLUSIVE_ASYNC_REQUESTS ? 1 : slots;
    // One executor for all networks of the device where requests exclude each other.
    this.#taskExecutor = config.EXCLUSIVE_ASYNC_REQUESTS
      ? executors.get(device)
      : new NamedExecutor({name: `${device}.task`, slots, queuedMax: config.QUEUED_MAX + slots});
  }

  /** Passes of this device over the network; a query must run the same ones. */
  protected transformNetwork(network: NetworkSource): NetworkSource | Promise<NetworkSource> {
    return network;
  }

  /** The backend's graph of a transformed network. */
  protected abstract mapNetwork(network: NetworkSource): Graph | Promise<Graph>;
  /** Gives the graph its memory, so that requests can be made. */
  protected abstract allocate(graph: Graph): CompiledDescription | Promise<CompiledDescription>;
  /** A new request, which this class wraps to run asynchronously. */
  protected abstract createInferRequestImpl(name: string): InferRequest;

  /** The graph as bytes for `readGraph`; undefined if this device cannot. See `exportNetwork`. */
  protected writeGraph(_graph: Graph, _folder: string): Promise<CompiledNetwork | undefined> {
    return Promise.resolve(undefined);
  }

  /** What `writeGraph` wrote, perhaps on another host. */
  protected readGraph(_compiled: CompiledNetwork): Graph | Promise<Graph> {
    const text = `${this.#options.device} imports no networks`;
    throw new InferenceError('NOT_IMPLEMENTED', text);
  }

  /** Ends the device's part, after what runs has settled. */
  abstract release(): Promise<void>;

  /** To be called once, before anything else. Rejects with COMPILE_FAILED or FILE_UNREADABLE. */
  async compile(network: NetworkSource): Promise<this> {
    try {
      const transformed = await this.transformNetwork(network);
      return await this.#prepare(await this.mapNetwork(transformed));
    } catch (error) {
      throw InferenceError.from(error, 'COMPILE_FAILED');
    }
  }

  /** Instead of `compile`: takes what was compiled before. Rejects as Plugin.importNetwork does. */
  async import(compiled: CompiledNetwork): Promise<this> {
    try {
      return await this.#prepare(await this.readGraph(compiled));
    } catch (error) {
      throw invalidBlob(error);
    }
  }

  /** See ExecutableNetwork. */
  async exportNetwork(folder: string): Promise<CompiledNetwork | undefined> {
    if (this.#released) throw released();
    invariant(this.#graph !== undefined, 'a network is compiled before it is exported');
    return this.writeGraph(this.#graph, folder);
  }

  async #prepare(graph: Graph): Promise<this> {
    const compiled = await this.allocate(graph);
    this.#inputIndex = new Map(compiled.inputs.map(({name}, index) => [name, index]));
    this.#outputIndex = new Map(compiled.outputs.map(({name}, index) => [name, index]));
    this.#graph = graph;
    this.#compiled = compiled;
    return this;
  }

  get name(): string {
    return this.#description.name;
  }

  get inputs(): readonly TensorInfo[] {
    return this.#description.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#description.outputs;
  }

  get overridable(): readonly TensorInfo[] {
    return this.#description.overridable;
  }

  /** An input's place among all, by its name. */
  get inputIndex(): ReadonlyMap<string, number> {
    return this.#inputIndex;
  }

  get outputIndex(): ReadonlyMap<string, number> {
    return this.#outputIndex;
  }

  /** Where the parts of a pipeline run that need the device. */
  protected get taskExecutor(): NamedExecutor {
    return this.#taskExecutor;
  }

  /** Where a pipeline waits for the device; waiting takes no thread. */
  protected get waitExecutor(): NamedExecutor {
    return this.#options.executors.get(`${this.#options.device}.wait`, Number.POSITIVE_INFINITY);
  }

  protected get callbackExecutor(): NamedExecutor {
    return this.#options.executors.get(`${this.#options.device}.callback`);
  }

  /** Throws RELEASED. */
  createInferRequest(): AsyncInferRequest {
    if (this.#released) throw released();
    const request = this.createInferRequestImpl(`${this.name}_Req${this.#requests++}`);
    // Only one stage can exclude others from its start to its end.
    const exclusive = this.#options.config.EXCLUSIVE_ASYNC_REQUESTS;
    const pipeline = exclusive ? this.#singleStage(request) : this.pipelineOf(request);
    return new AsyncInferRequest(request, {callbackExecutor: this.callbackExecutor, pipeline});
  }

  /** How a request runs asynchronously: in one stage, unless a plugin has several. */
  protected pipelineOf(request: InferRequest): readonly Stage[] {
    return this.#singleStage(request);
  }

  /** See ExecutableNetwork: what the host calls, on requests that are used again. */
  async infer(inference: Inference): Promise<InferenceResult> {
    const request = this.#idle.pop() ?? this.createInferRequest();
    const profile = inference.profile && this.#options.config.PERF_COUNT;
    try {
      request.setInputs({...inference, profile});
      await request.infer();
      const {result} = request;
      return profile ? {...result, counters: request.getPerformanceCounts()} : result;
    } finally {
      if (this.#idle.length < this.slots) this.#idle.push(request);
    }
  }

  /** Throws UNKNOWN_METRIC. */
  getMetric<Key extends keyof NetworkMetrics>(key: Key): NetworkMetrics[Key] {
    const metrics = {
      NETWORK_NAME: this.name,
      OPTIMAL_NUMBER_OF_INFER_REQUESTS: this.slots,
      EXECUTION_DEVICES: [this.#options.device],
    };
    const listed = listKeys(Object.keys(metrics), Object.keys(this.#options.config));
    const all: NetworkMetrics = {...metrics, ...listed};
    if (Object.hasOwn(all, key)) return all[key];
    throw unknownMetric(key, Object.keys(all));
  }

  /** What the network was compiled with. Throws UNKNOWN_CONFIG_KEY. */
  getConfig<Key extends ConfigKey>(key: Key): ConfigValues[Key] {
    const {config} = this.#options;
    if (Object.hasOwn(config, key)) return config[key];
    throw unknownConfigKey(key, Object.keys(config));
  }

  /** For `release`: no request is made from now on. */
  protected refuseRequests(): void {
    this.#released = true;
    this.#idle.length = 0;
  }

  #singleStage(request: InferRequest): readonly Stage[] {
    return [[this.#taskExecutor, () => request.infer()]];
  }

  get #description(): CompiledDescription {
    invariant(this.#compiled !== undefined, 'a network is compiled before it is used');
    return this.#compiled;
  }
}

function released(): InferenceError {
  return new InferenceError('RELEASED', 'the executable network is released');
}
