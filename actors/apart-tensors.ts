import {copyTensor} from '../schemas/copy-tensor.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';

/**
 * The tensors, with copies of those of `names` that lie in a buffer with another of them: a kernel may
 * give one output as a view of another, and their receivers are not to share it.
 */
export function apartTensors(tensors: NamedTensors, names: readonly string[]): NamedTensors {
  const buffers = new Set<ArrayBufferLike>();
  const copies = new Map<string, TensorData>();
  for (const name of names) {
    const tensor = tensors.get(name);
    if (!ArrayBuffer.isView(tensor?.data)) continue;
    const {buffer} = tensor.data;
    if (buffers.has(buffer)) copies.set(name, copyTensor(tensor));
    buffers.add(buffer);
  }
  return copies.size === 0 ? tensors : new Map([...tensors, ...copies]);
}
