import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import type {NamedExecutor} from './named-executor.js';
import type {CompiledNetwork, ExecutableNetwork, Inference, InferenceResult} from './plugin.js';

/** A network whose inferences take turns with those of all others on the same executor. */
export class ExclusiveNetwork implements ExecutableNetwork {
  readonly slots = 1;
  readonly #network: ExecutableNetwork;
  readonly #executor: NamedExecutor;

  constructor(network: ExecutableNetwork, executor: NamedExecutor) {
    this.#network = network;
    this.#executor = executor;
  }

  get inputs(): readonly TensorInfo[] {
    return this.#network.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#network.outputs;
  }

  infer(inference: Inference): Promise<InferenceResult> {
    return this.#executor.run(() => this.#network.infer(inference));
  }

  async exportNetwork(folder: string): Promise<CompiledNetwork | undefined> {
    return this.#network.exportNetwork?.(folder);
  }

  async getRuntimeGraph(): Promise<RuntimeGraph | undefined> {
    return this.#network.getRuntimeGraph?.();
  }

  release(): Promise<void> {
    return this.#network.release();
  }
}
