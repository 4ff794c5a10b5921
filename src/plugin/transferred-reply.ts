import {move, transferableSymbol, valueSymbol} from 'piscina';
import type {NamedTensors} from '../../schemas/tensor.js';
import type {Reply} from './reply.js';
import {buffersOf} from './tensor-buffers.js';

/** A worker's answer whose tensors are given to the asking thread, not copied. */
export function transferredReply(reply: Reply<{readonly tensors: NamedTensors}>): unknown {
  if (!reply.ok) return reply;
  return move({
    get [transferableSymbol]() {
      return buffersOf(reply.value.tensors);
    },
    get [valueSymbol]() {
      return reply;
    },
  });
}
