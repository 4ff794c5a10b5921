import type {NamedTensors} from '../../schemas/tensor.js';
import {replyOf} from '../../src/plugin/reply.js';
import {transferredReply} from '../../src/plugin/transferred-reply.js';
import {warmHandle} from '../../src/plugin/warm-handle.js';
import type {Backend} from './backend.js';
import {Kernel} from './kernel.js';
import type {KernelSetup} from './session-source.js';

/** Inputs of one inference. */
export type KernelTask = NamedTensors;

/** What a kernel's worker exports: sessions of one network after the other. */
export function startKernel(backend: Backend) {
  return warmHandle<KernelSetup, KernelTask>(async setup => {
    const kernel = await Kernel.open(backend, setup);
    return {
      description: kernel.description,
      run: async tensors => transferredReply(await replyOf(() => kernel.infer(tensors))),
      release: () => kernel.release(),
    };
  });
}
