import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import {invalidBlob} from '../../src/plugin/invalid-blob.js';
import type {
  CompiledNetwork,
  ExecutableNetwork,
  Inference,
  InferenceResult,
  NetworkSource,
} from '../../src/plugin/plugin.js';
import {sharedBytes} from '../../src/plugin/shared-bytes.js';
import type {Streams} from '../../src/plugin/streams.js';
import {buffersOf, copyTensors, unsharedTensors} from '../../src/plugin/tensor-buffers.js';
import type {WarmPool, WarmWorkers} from '../../src/plugin/warm-workers.js';
import type {KernelDescription} from './kernel.js';
import type {KernelSetup} from './session-source.js';
import type {KernelTask} from './start-kernel.js';
import {linkWeights, openWeightsFolder, type WeightsFolder} from './weights-folder.js';
import {withoutTelemetry} from './without-telemetry.js';

export interface LoadOptions {
  readonly workers: WarmWorkers<KernelSetup, KernelTask>;
  readonly streams: Streams;
  readonly queuedMax: number;
  /** Writes what this network compiles to, for another process to import; null: that cannot be. */
  readonly save: ((network: NetworkSource, folder: string) => Promise<CompiledNetwork>) | null;
}

interface Opened {
  readonly pool: WarmPool<KernelTask>;
  readonly weights: WeightsFolder | undefined;
  readonly setup: KernelSetup;
  readonly save: LoadOptions['save'];
}

/** A network on ONNX Runtime: a pool of worker threads, each with a warm session of its own. */
export class OnnxRuntimeNetwork implements ExecutableNetwork {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly slots: number;
  readonly #pool: WarmPool<KernelTask>;
  readonly #weights: WeightsFolder | undefined;
  readonly #setup: KernelSetup;
  readonly #save: LoadOptions['save'];

  private constructor({pool, weights, setup, save}: Opened) {
    const {inputs, outputs} = pool.description as KernelDescription;
    this.#pool = pool;
    this.#weights = weights;
    this.#setup = setup;
    this.#save = save;
    this.slots = pool.workers;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Rejects with COMPILE_FAILED or FILE_UNREADABLE. */
  static load(network: NetworkSource, options: LoadOptions): Promise<OnnxRuntimeNetwork> {
    return OnnxRuntimeNetwork.#open(network, false, options);
  }

  /** Opens what `exportNetwork` gave. Rejects with INVALID_BLOB or FILE_UNREADABLE. */
  static async import(
    {content, weightsFile}: CompiledNetwork,
    options: LoadOptions,
  ): Promise<OnnxRuntimeNetwork> {
    try {
      return await OnnxRuntimeNetwork.#open({model: content, weightsFile}, true, options);
    } catch (error) {
      throw invalidBlob(error);
    }
  }

  static async #open(
    network: NetworkSource,
    compiled: boolean,
    options: LoadOptions,
  ): Promise<OnnxRuntimeNetwork> {
    withoutTelemetry();
    const weights = await openWeightsFolder(network.weightsFile);
    const setup: KernelSetup = {
      model: sharedBytes(network.model),
      weightsFile: weights?.file,
      threads: options.streams.threadsPerStream,
      compiled,
    };
    const {workers, streams, queuedMax} = options;
    try {
      const pool = await workers.open(setup, {workers: streams.streams, queuedMax});
      return new OnnxRuntimeNetwork({pool, weights, setup, save: options.save});
    } catch (error) {
      await weights?.remove();
      throw compileFailed(error);
    }
  }

  async infer({tensors, owned}: Inference): Promise<InferenceResult> {
    if (!owned) return this.#run(copyTensors(tensors));
    const unshared = unsharedTensors(tensors);
    try {
      return await this.#run(unshared);
    } catch (error) {
      if (error instanceof InferenceError) throw error;
      return this.#run(copyTensors(unshared)); // A buffer that cannot be given away, as Node's pool.
    }
  }

  /** What was imported is given as it came; what was loaded is optimised once more, and written. */
  async exportNetwork(folder: string): Promise<CompiledNetwork | undefined> {
    if (this.#save === null) return undefined;
    const {compiled, weightsFile} = this.#setup;
    const model = new Uint8Array(this.#setup.model);
    if (!compiled) return this.#save({model, weightsFile}, folder);
    return {content: model.slice(), weightsFile: await linkWeights(weightsFile, folder)};
  }

  async release(): Promise<void> {
    await this.#pool.close();
    await this.#weights?.remove();
  }

  #run(tensors: Inference['tensors']): Promise<InferenceResult> {
    return this.#pool.run(tensors, buffersOf(tensors));
  }
}

function compileFailed(error: unknown): InferenceError {
  const {message} = InferenceError.from(error);
  return new InferenceError('COMPILE_FAILED', message, {}, {cause: error});
}
