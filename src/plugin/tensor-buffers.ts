import {copyTensor} from '../../schemas/copy-tensor.js';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';

/** The buffers under `tensors`, each once, to be given to another thread. */
export function buffersOf(tensors: NamedTensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const {data} of tensors.values()) {
    if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer) buffers.add(data.buffer);
  }
  return [...buffers];
}

/** Copies that nobody else holds. */
export function copyTensors(tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, tensor]) => [name, copyTensor(tensor)]));
}

/**
 * The tensors, with those in shared memory copied: ONNX Runtime for Node refuses shared buffers,
 * and their owner could change them while they are read.
 */
export function unsharedTensors(tensors: NamedTensors): NamedTensors {
  const isShared = ({data}: TensorData) =>
    ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
  if (![...tensors.values()].some(isShared)) return tensors;
  return new Map(
    [...tensors].map(([name, tensor]) => [name, isShared(tensor) ? copyTensor(tensor) : tensor]),
  );
}
