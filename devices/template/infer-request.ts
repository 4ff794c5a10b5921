import type {NamedTensors} from '../../schemas/tensor.js';
import {InferenceError, invariant} from '../../src/errors.js';
import type {KernelTask} from '../../src/plugin/graph/kernel-worker.js';
import {InferRequest, type RequestNetwork} from '../../src/plugin/infer-request.js';
import type {InferenceResult} from '../../src/plugin/plugin.js';
import {buffersOf, copyTensors, unsharedTensors} from '../../src/plugin/tensor-buffers.js';
import type {WarmPool} from '../../src/plugin/warm-workers.js';

/** One inference on TEMPLATE: tensors are given to a worker thread, and its answer is awaited. */
export class TemplateInferRequest extends InferRequest {
  readonly #pool: WarmPool<KernelTask>;
  #ready: NamedTensors = new Map();
  #running: Promise<InferenceResult> | undefined;
  #answer: InferenceResult | undefined;
  #cancel: ((error: InferenceError) => void) | undefined;

  constructor(name: string, network: RequestNetwork, pool: WarmPool<KernelTask>) {
    super(name, network);
    this.#pool = pool;
  }

  /** Buffers that the worker may have: the user's own stay with the user. */
  override inferPreprocess(): void {
    this.#ready = this.owned ? unsharedTensors(this.inputs) : copyTensors(this.inputs);
  }

  override startPipeline(): void {
    const cancelled = new Promise<never>((_, reject) => {
      this.#cancel = reject;
    });
    this.#running = Promise.race([this.#give(this.#ready), cancelled]);
    // It is waited for only later.
    this.#running.catch(() => {});
  }

  override async waitPipeline(): Promise<void> {
    invariant(this.#running !== undefined, 'what is waited for was started');
    this.#answer = await this.#running;
  }

  override inferPostprocess(): void {
    invariant(this.#answer !== undefined, 'an answer was waited for');
    this.finish(this.#answer);
  }

  /** The worker's answer is dropped when it comes. */
  override cancelDevice(): void {
    this.#cancel?.(new InferenceError('CANCELLED', `${this.name} was cancelled`));
  }

  async #give(tensors: NamedTensors): Promise<InferenceResult> {
    const {profile} = this;
    try {
      return await this.#pool.run({kind: 'infer', tensors, profile}, buffersOf(tensors));
    } catch (error) {
      if (error instanceof InferenceError) throw error;
      const copies = copyTensors(tensors); // A buffer that cannot be given away, as Node's pool.
      return this.#pool.run({kind: 'infer', tensors: copies, profile}, buffersOf(copies));
    }
  }
}
