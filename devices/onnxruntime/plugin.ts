import {availableParallelism} from 'node:os';
import type {OperationSupport} from '../../schemas/device.js';
import {InferenceError} from '../../src/errors.js';
import {parseConfig} from '../../src/plugin/config.js';
import type {
  Config,
  ExecutableNetwork,
  NetworkSource,
  Plugin,
  PluginDevice,
} from '../../src/plugin/plugin.js';
import {OnnxRuntimeNetwork} from './executable-network.js';
import {resolveStreams} from './streams.js';

/** What sets one build of ONNX Runtime apart from another. */
export interface PluginOptions {
  readonly name: string;
  /** The version of ONNX Runtime. */
  readonly version: string;
  readonly fullName: string;
  readonly capabilities: readonly string[];
  /** Whether an inference can use several threads. */
  readonly threaded: boolean;
  readonly kernelWorker: URL;
}

/** A plugin over one build of ONNX Runtime. */
export class OnnxRuntimePlugin implements Plugin {
  readonly name: string;
  readonly version: string;
  readonly #options: PluginOptions;
  readonly #networks = new Set<ExecutableNetwork>();

  constructor(options: PluginOptions) {
    this.name = options.name;
    this.version = options.version;
    this.#options = options;
  }

  async devices(): Promise<readonly PluginDevice[]> {
    const {fullName, capabilities} = this.#options;
    return [{id: '', fullName, capabilities}];
  }

  async queryNetwork(
    _network: NetworkSource,
    config: Config,
  ): Promise<readonly OperationSupport[]> {
    parseConfig(config);
    throw new InferenceError('NOT_IMPLEMENTED', `${this.name} cannot be queried yet`);
  }

  async loadNetwork(network: NetworkSource, config: Config): Promise<ExecutableNetwork> {
    const values = parseConfig(config);
    const {streams, threadsPerStream} = resolveStreams(values, availableParallelism());
    const loaded = await OnnxRuntimeNetwork.load(network, {
      worker: this.#options.kernelWorker,
      streams: {streams, threadsPerStream: this.#options.threaded ? threadsPerStream : 1},
      queuedMax: values.QUEUED_MAX,
    });
    this.#networks.add(loaded);
    return loaded;
  }

  /** Releases its networks too. */
  async close(): Promise<void> {
    await Promise.all([...this.#networks].map(network => network.release()));
  }
}
