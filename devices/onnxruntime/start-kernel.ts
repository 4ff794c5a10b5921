import {move, transferableSymbol, valueSymbol} from 'piscina';
import type {NamedTensors} from '../../schemas/tensor.js';
import type {Backend} from './backend.js';
import {Kernel} from './kernel.js';
import {replyOf, unwrapReply} from './reply.js';
import type {KernelSetup} from './session-source.js';
import {buffersOf} from './tensor-buffers.js';

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
    const reply = await replyOf(() => unwrapReply(kernel).infer(task.tensors));
    if (!reply.ok) return reply;
    return move({
      get [transferableSymbol]() {
        return buffersOf(reply.value.tensors);
      },
      get [valueSymbol]() {
        return reply;
      },
    });
  };
}
