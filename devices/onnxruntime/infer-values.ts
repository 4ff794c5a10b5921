import type {ValueInfo} from '../../schemas/network-graph.js';
import type {NetworkSource} from '../../src/plugin/plugin.js';
import {ServicePool} from './service-pool.js';

/**
 * Types and shapes of the values that a network's operations make, as ONNX Runtime infers them, in
 * a worker thread of its own. What cannot be inferred is left out. Rejects with INVALID_NETWORK and
 * what else `readNetwork` throws.
 */
export async function inferValues(network: NetworkSource): Promise<ReadonlyMap<string, ValueInfo>> {
  const service = new ServicePool(new URL('../cpu/service-worker.js', import.meta.url));
  try {
    return await service.inferTypes(network);
  } finally {
    await service.close();
  }
}
