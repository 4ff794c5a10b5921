import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../../src/errors.js';
import type {
  ExecutableNetwork,
  Inference,
  InferenceResult,
  NetworkSource,
} from '../../src/plugin/plugin.js';
import type {KernelDescription, KernelSetup} from './kernel.js';
import type {KernelTask} from './start-kernel.js';
import type {Streams} from './streams.js';
import {buffersOf, copyTensors, unsharedTensors} from './tensor-buffers.js';
import {openWeightsFolder, type WeightsFolder} from './weights-folder.js';
import {WorkerPool} from './worker-pool.js';

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
    slots: number,
    description: KernelDescription,
  ) {
    this.#pool = pool;
    this.#weights = weights;
    this.slots = slots;
    this.inputs = description.inputs;
    this.outputs = description.outputs;
  }

  /** Rejects with COMPILE_FAILED. */
  static async load(network: NetworkSource, options: LoadOptions): Promise<OnnxRuntimeNetwork> {
    const {streams, threadsPerStream} = options.streams;
    const weights = await openWeightsFolder(network.weightsFile);
    const setup: KernelSetup = {
      model: shared(network.model),
      weightsFile: weights?.file,
      threads: threadsPerStream,
    };
    const pool = new WorkerPool<KernelTask>({
      module: options.worker,
      workers: streams,
      queuedMax: options.queuedMax,
      workerData: setup,
    });
    try {
      const description = await describe(pool, streams);
      return new OnnxRuntimeNetwork(pool, weights, streams, description);
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
async function describe(pool: WorkerPool<KernelTask>, workers: number): Promise<KernelDescription> {
  const asked = Array.from({length: workers}, () =>
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

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
