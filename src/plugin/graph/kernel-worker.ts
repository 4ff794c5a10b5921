import type {NamedTensors} from '../../../schemas/tensor.js';
import {replyOf} from '../reply.js';
import {transferredReply} from '../transferred-reply.js';
import {warmHandle} from '../warm-handle.js';
import {KernelNetwork, type KernelSetup} from './kernel-network.js';
import type {OperationTable} from './operation-table.js';

export type KernelTask =
  /** Answers a RuntimeGraph. */
  | {readonly kind: 'runtimeGraph'}
  /** Answers an InferenceResult, with counters if `profile` says so. */
  | {readonly kind: 'infer'; readonly tensors: NamedTensors; readonly profile?: boolean};

/**
 * What a worker of WarmWorkers exports as `handle`: compiles one network after the other, describes
 * it by a CompiledDescription, and answers every task with a Reply.
 */
export function startKernelWorker(table: OperationTable) {
  return warmHandle<KernelSetup, KernelTask>(async setup => {
    const network = new KernelNetwork(table, setup);
    const infer = ({tensors, profile = false}: KernelTask & {readonly kind: 'infer'}) =>
      profile ? network.inferMeasured(tensors) : network.infer(tensors);
    return {
      description: network.description,
      async run(task) {
        if (task.kind === 'runtimeGraph') return replyOf(() => network.runtimeGraph);
        return transferredReply(await replyOf(() => infer(task)));
      },
      release: async () => {},
    };
  });
}
