import {workerData} from 'node:worker_threads';
import type {NamedTensors} from '../../schemas/tensor.js';
import {replyOf, unwrapReply} from '../../src/plugin/reply.js';
import {transferredReply} from '../../src/plugin/transferred-reply.js';
import {type KernelSetup, TemplateKernel} from './template-kernel.js';

export type KernelTask =
  /** Answers a CompiledDescription. */
  | {readonly kind: 'describe'}
  /** Answers an InferenceResult. */
  | {readonly kind: 'infer'; readonly tensors: NamedTensors};

/**
 * A stream: a thread with a compiled network of its own. A network that cannot be compiled answers
 * too, with COMPILE_FAILED: a worker that fails would only be started again.
 */
const kernel = replyOf(() => new TemplateKernel(workerData as KernelSetup));

export async function handle(task: KernelTask): Promise<unknown> {
  const reply = await kernel;
  if (task.kind === 'describe') return replyOf(() => unwrapReply(reply).description);
  return transferredReply(await replyOf(() => unwrapReply(reply).infer(task.tensors)));
}
