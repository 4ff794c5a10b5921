import type {NetworkRef} from '../../schemas/network-blob.js';
import {invariant} from '../errors.js';
import {packWeights} from '../network/pack-weights.js';
import type {BulkStore} from '../ports/bulk-store.js';
import type {Network} from './network.js';
import {weightsContent} from './weights-content.js';

/** Puts a network into the bulk store, where coordinator and devices find it. */
export async function uploadNetwork(network: Network, bulk: BulkStore): Promise<NetworkRef> {
  const {model, weights} = packWeights(network.parsed);
  const stored = await bulk.put(model);
  if (weights.length === 0) return {model: stored, weights: null};
  const pathOf = (location: string): string => {
    const path = network.files.get(location);
    invariant(path !== undefined, `${location} was not opened`);
    return path;
  };
  return {model: stored, weights: await bulk.put(() => weightsContent(weights, pathOf))};
}
