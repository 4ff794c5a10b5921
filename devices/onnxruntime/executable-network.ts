import type {InferenceCounters, PipelineTimes} from '../../schemas/performance-counters.js';
import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import {invalidBlob} from '../../src/plugin/invalid-blob.js';
import {PipelineClock} from '../../src/plugin/pipeline-clock.js';
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
  /** Inferences that ask for it are measured. */
  readonly measures: boolean;
  /** Writes what this network compiles to, for another process to import; null: that cannot be. */
  readonly save: ((network: NetworkSource, folder: string) => Promise<CompiledNetwork>) | null;
}

interface Opened {
  readonly pool: WarmPool<KernelTask>;
  readonly weights: WeightsFolder | undefined;
  readonly setup: KernelSetup;
  readonly options: LoadOptions;
}

/** A network on ONNX Runtime: a pool of worker threads, each with a warm session of its own. */
export class OnnxRuntimeNetwork implements ExecutableNetwork {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly slots: number;
  readonly #pool: WarmPool<KernelTask>;
  readonly #weights: WeightsFolder | undefined;
  readonly #setup: KernelSetup;
  readonly #options: LoadOptions;

  private constructor({pool, weights, setup, options}: Opened) {
    const {inputs, outputs} = pool.description as KernelDescription;
    this.#pool = pool;
    this.#weights = weights;
    this.#setup = setup;
    this.#options = options;
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
      return new OnnxRuntimeNetwork({pool, weights, setup, options});
    } catch (error) {
      await weights?.remove();
      throw compileFailed(error);
    }
  }

  async infer({tensors, owned, profile}: Inference): Promise<InferenceResult> {
    if (profile && this.#options.measures) return this.#inferMeasured(tensors);
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
    const {save} = this.#options;
    if (save === null) return undefined;
    const {compiled, weightsFile} = this.#setup;
    const model = new Uint8Array(this.#setup.model);
    if (!compiled) return save({model, weightsFile}, folder);
    return {content: model.slice(), weightsFile: await linkWeights(weightsFile, folder)};
  }

  getRuntimeGraph(): Promise<RuntimeGraph> {
    return this.#pool.run({kind: 'runtimeGraph'});
  }

  async release(): Promise<void> {
    await this.#pool.close();
    await this.#weights?.remove();
  }

  async #inferMeasured(tensors: NamedTensors): Promise<InferenceResult> {
    const clock = new PipelineClock();
    const copies = clock.run('inferPreprocess', () => copyTensors(tensors));
    // Wrapped, for it is the start that is measured, and a promise would be waited for.
    const {running} = clock.run('startPipeline', () => ({running: this.#run(copies, true)}));
    const result = await clock.run('waitPipeline', () => running);
    clock.run('inferPostprocess', () => {});
    return {...result, counters: withPipeline(result, clock.timesUs)};
  }

  #run(tensors: NamedTensors, profile = false): Promise<InferenceResult> {
    return this.#pool.run({kind: 'infer', tensors, profile}, buffersOf(tensors));
  }
}

/** Measuring is waited for too, but is no part of an inference; it begins while the start ends. */
function withPipeline(
  {counters, executeUs}: InferenceResult,
  timesUs: PipelineTimes,
): InferenceCounters {
  const {operations = [], measuringUs = 0} = counters ?? {};
  const waitPipeline = Math.max(executeUs, (timesUs.waitPipeline ?? 0) - measuringUs);
  return {operations, measuringUs, pipelineUs: {...timesUs, waitPipeline}};
}

function compileFailed(error: unknown): InferenceError {
  const {message} = InferenceError.from(error);
  return new InferenceError('COMPILE_FAILED', message, {}, {cause: error});
}
