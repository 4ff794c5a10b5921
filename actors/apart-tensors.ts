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
    if (buffers.has(buffer)) copies.set(name, copied(tensor));
    buffers.add(buffer);
  }
  return copies.size === 0 ? tensors : new Map([...tensors, ...copies]);
}

function copied(tensor: TensorData): TensorData {
  const {data} = tensor;
  // Not by `slice`: that of a Buffer, which is an Uint8Array too, shares its memory.
  const copy = data instanceof Uint8Array ? new Uint8Array(data) : data.slice();
  return {...tensor, data: copy} as TensorData;
}
