import {workerData} from 'node:worker_threads';
import type {NamedTensors} from '../../../schemas/tensor.js';
import {replyOf, unwrapReply} from '../reply.js';
import {transferredReply} from '../transferred-reply.js';
import {KernelNetwork, type KernelSetup} from './kernel-network.js';
import type {OperationTable} from './operation-table.js';

export type KernelTask =
  /** Answers a CompiledDescription. */
  | {readonly kind: 'describe'}
  /** Answers a RuntimeGraph. */
  | {readonly kind: 'runtimeGraph'}
  /** Answers an InferenceResult, with counters if `profile` says so. */
  | {readonly kind: 'infer'; readonly tensors: NamedTensors; readonly profile?: boolean};

/**
 * What a stream's worker exports as `handle`: compiles the network that it was started with, and
 * answers every task with a Reply. One that cannot be compiled answers too, with COMPILE_FAILED: a
 * worker that fails would only be started again.
 */
export function startKernelWorker(table: OperationTable) {
  const kernel = replyOf(() => new KernelNetwork(table, workerData as KernelSetup));
  return async (task: KernelTask): Promise<unknown> => {
    const reply = await kernel;
    if (task.kind === 'describe') return replyOf(() => unwrapReply(reply).description);
    if (task.kind === 'runtimeGraph') return replyOf(() => unwrapReply(reply).runtimeGraph);
    const {tensors, profile = false} = task;
    const inferred = await replyOf(() => {
      const network = unwrapReply(reply);
      return profile ? network.inferMeasured(tensors) : network.infer(tensors);
    });
    return transferredReply(inferred);
  };
}
