import type {OperationSupport} from '../../schemas/device.js';
import {readNetwork} from '../../src/network/read-network.js';
import {type Reply, replyOf} from '../../src/plugin/reply.js';
import {queryOperations} from './query-operations.js';

/** Parsing a large network takes seconds, so it happens in a thread of its own. */
export function handle(model: SharedArrayBuffer): Promise<Reply<readonly OperationSupport[]>> {
  // Text cannot be decoded out of shared memory.
  return replyOf(() => queryOperations(readNetwork(new Uint8Array(model).slice())));
}
