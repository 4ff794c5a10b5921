import type {Network} from '../../network/network.js';
import {readNetwork} from '../../network/read-network.js';

/** A network as `Core.readNetwork` gives it, or the bytes of its file. */
export type Quantizable = Uint8Array | {readonly parsed: Network};

/** Throws INVALID_NETWORK. */
export function parsedOf(given: Quantizable): Network {
  return given instanceof Uint8Array ? readNetwork(given) : given.parsed;
}
