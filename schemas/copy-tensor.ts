import type {TensorData} from './tensor.js';

/** The same tensor in memory that nobody else holds. */
export function copyTensor(tensor: TensorData): TensorData {
  const {data} = tensor;
  // Not by `slice`: that of a Buffer, which is an Uint8Array too, shares its memory.
  const copy = data instanceof Uint8Array ? new Uint8Array(data) : data.slice();
  return {...tensor, data: copy} as TensorData;
}
