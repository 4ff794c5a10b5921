import type {NamedTensors} from '../../schemas/tensor.js';
import {replyOf, unwrapReply} from '../../src/plugin/reply.js';
import {transferredReply} from '../../src/plugin/transferred-reply.js';
import type {Backend} from './backend.js';
import {Kernel} from './kernel.js';
import type {KernelSetup} from './session-source.js';

export type KernelTask =
  | {readonly kind: 'describe'}
  | {readonly kind: 'infer'; readonly tensors: NamedTensors};

/**
 * What a kernel's worker exports: opens the session at once, and answers every task with a Reply.
 * A session that cannot be opened answers too: a worker that fails would only be started again.
 */
export async function startKernel(backend: Backend, setup: KernelSetup) {
  const kernel = await replyOf(() => Kernel.open(backend, setup));
  return async (task: KernelTask): Promise<unknown> => {
    if (task.kind === 'describe') return replyOf(() => unwrapReply(kernel).description);
    return transferredReply(await replyOf(() => unwrapReply(kernel).infer(task.tensors)));
  };
}
