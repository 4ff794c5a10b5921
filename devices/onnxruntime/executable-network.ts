import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../../src/errors.js';
import type {
  ExecutableNetwork,
  Inference,
  InferenceResult,
  NetworkSource,
} from '../../src/plugin/plugin.js';
import {sharedBytes} from '../../src/plugin/shared-bytes.js';
import type {Streams} from '../../src/plugin/streams.js';
import {buffersOf, copyTensors, unsharedTensors} from '../../src/plugin/tensor-buffers.js';
import {WorkerPool} from '../../src/plugin/worker-pool.js';
import type {KernelDescription} from './kernel.js';
import type {KernelSetup} from './session-source.js';
import type {KernelTask} from './start-kernel.js';
import {openWeightsFolder, type WeightsFolder} from './weights-folder.js';
import {withoutTelemetry} from './without-telemetry.js';

export interface LoadOptions {
  /** The kernel's worker of the plugin. */
  readonly worker: URL;
  readonly streams: Streams;
  readonly queuedMax: number;
}

/** A network on ONNX Runtime: a pool of worker threads, each with a warm session of its own. */
export class OnnxRuntimeNetwork implements ExecutableNetwork {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly slots: number;
  readonly #pool: WorkerPool<KernelTask>;
  readonly #weights: WeightsFolder | undefined;

  private constructor(
    pool: WorkerPool<KernelTask>,
    weights: WeightsFolder | undefined,
    description: KernelDescription,
  ) {
    this.#pool = pool;
    this.#weights = weights;
    this.slots = pool.workers;
    this.inputs = description.inputs;
    this.outputs = description.outputs;
  }

  /** Rejects with COMPILE_FAILED or FILE_UNREADABLE. */
  static async load(network: NetworkSource, options: LoadOptions): Promise<OnnxRuntimeNetwork> {
    withoutTelemetry();
    const weights = await openWeightsFolder(network.weightsFile);
    const setup: KernelSetup = {
      model: sharedBytes(network.model),
      weightsFile: weights?.file,
      threads: options.streams.threadsPerStream,
    };
    const pool = new WorkerPool<KernelTask>({
      module: options.worker,
      workers: options.streams.streams,
      queuedMax: options.queuedMax,
      workerData: setup,
    });
    try {
      return new OnnxRuntimeNetwork(pool, weights, await describe(pool));
    } catch (error) {
      await pool.close();
      await weights?.remove();
      throw error;
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

  async release(): Promise<void> {
    await this.#pool.close();
    await this.#weights?.remove();
  }

  #run(tensors: Inference['tensors']): Promise<InferenceResult> {
    return this.#pool.run({kind: 'infer', tensors}, buffersOf(tensors));
  }
}

/** Asks every worker, so that all are warm and none has failed. */
async function describe(pool: WorkerPool<KernelTask>): Promise<KernelDescription> {
  const asked = Array.from({length: pool.workers}, () =>
    pool.run<KernelDescription>({kind: 'describe'}),
  );
  const [description] = await Promise.all(asked).catch(compileFailed);
  invariant(description, 'a pool has at least one worker');
  return description;
}

function compileFailed(error: unknown): never {
  const {message} = InferenceError.from(error);
  throw new InferenceError('COMPILE_FAILED', message, {}, {cause: error});
}
