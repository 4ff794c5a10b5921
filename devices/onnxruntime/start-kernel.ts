import type {NamedTensors} from '../../schemas/tensor.js';
import {replyOf} from '../../src/plugin/reply.js';
import {transferredReply} from '../../src/plugin/transferred-reply.js';
import {warmHandle} from '../../src/plugin/warm-handle.js';
import type {Backend} from './backend.js';
import {Kernel} from './kernel.js';
import type {KernelSetup} from './session-source.js';

export type KernelTask =
  /** Answers a RuntimeGraph. */
  | {readonly kind: 'runtimeGraph'}
  /** Answers an InferenceResult. */
  | {readonly kind: 'infer'; readonly tensors: NamedTensors; readonly profile: boolean};

/** What a kernel's worker exports: sessions of one network after the other. */
export function startKernel(backend: Backend) {
  return warmHandle<KernelSetup, KernelTask>(async setup => {
    const kernel = await Kernel.open(backend, setup);
    return {
      description: kernel.description,
      run: async task => {
        if (task.kind === 'runtimeGraph') return replyOf(() => kernel.runtimeGraph());
        const {tensors, profile} = task;
        const inferred = () => (profile ? kernel.inferMeasured(tensors) : kernel.infer(tensors));
        return transferredReply(await replyOf(inferred));
      },
      release: () => kernel.release(),
    };
  });
}
