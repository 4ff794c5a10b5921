import type {TensorData} from '../../schemas/tensor.js';

/** Detaches a tensor's buffer, as a transfer to another thread does. */
export function giveAway(tensor: TensorData | undefined): void {
  const data = tensor?.data;
  if (!ArrayBuffer.isView(data)) throw new TypeError('no numbers to give away');
  structuredClone(null, {transfer: [data.buffer as ArrayBuffer]});
}
