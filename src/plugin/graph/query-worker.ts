import type {OperationSupport} from '../../../schemas/device.js';
import {readNetwork} from '../../network/read-network.js';
import {type Reply, replyOf} from '../reply.js';
import type {OperationTable} from './operation-table.js';
import {queryOperations} from './query-operations.js';

/**
 * What the worker exports as `handle` that answers queries: parsing a large network takes seconds,
 * so it happens in a thread of its own.
 */
export function startQueryWorker(table: OperationTable) {
  return (model: SharedArrayBuffer): Promise<Reply<readonly OperationSupport[]>> =>
    // Text cannot be decoded out of shared memory.
    replyOf(() => queryOperations(table, readNetwork(new Uint8Array(model).slice())));
}
