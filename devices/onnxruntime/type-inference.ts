import type {ValueInfo} from '../../schemas/network-graph.js';
import type {NetworkSource} from '../../src/plugin/plugin.js';
import {ServicePool} from './service-pool.js';

/** ONNX Runtime's inference of types and shapes, in a worker thread that the first question starts. */
export class TypeInference {
  #service: ServicePool | undefined;

  /**
   * Types and shapes of the values that a network's operations make. What cannot be inferred is left
   * out. Rejects with INVALID_NETWORK and what else `readNetwork` throws.
   */
  inferValues(network: NetworkSource): Promise<ReadonlyMap<string, ValueInfo>> {
    this.#service ??= new ServicePool(new URL('../cpu/service-worker.js', import.meta.url));
    return this.#service.inferTypes(network);
  }

  async close(): Promise<void> {
    await this.#service?.close();
  }
}
