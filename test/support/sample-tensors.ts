import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import type {Frame} from '../../src/ports/transport.js';

/** One tensor of every element type with its extreme values, an empty tensor and a scalar. */
export const sampleTensors: NamedTensors = new Map<string, TensorData>([
  ['bool', {type: 'bool', shape: [3], data: Uint8Array.of(0, 1, 1)}],
  ['f16', {type: 'f16', shape: [2], data: Uint16Array.of(0x3c00, 0xfbff)}],
  ['f32', {type: 'f32', shape: [1, 3], data: Float32Array.of(-0, Number.NaN, 1.5)}],
  ['f64', {type: 'f64', shape: [2], data: Float64Array.of(Number.MAX_VALUE, 5e-324)}],
  ['i8', {type: 'i8', shape: [2], data: Int8Array.of(-128, 127)}],
  ['i16', {type: 'i16', shape: [2], data: Int16Array.of(-32768, 32767)}],
  ['i32', {type: 'i32', shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1)}],
  ['i64', {type: 'i64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)}],
  ['u8', {type: 'u8', shape: [2], data: Uint8Array.of(0, 255)}],
  ['u16', {type: 'u16', shape: [1], data: Uint16Array.of(65535)}],
  ['u32', {type: 'u32', shape: [1], data: Uint32Array.of(2 ** 32 - 1)}],
  ['u64', {type: 'u64', shape: [1], data: BigUint64Array.of(2n ** 64n - 1n)}],
  ['string', {type: 'string', shape: [2, 2], data: ['', 'heterodyne', '\ufeffé', '🎚']}],
  ['empty', {type: 'f32', shape: [0, 4], data: new Float32Array(0)}],
  ['no strings', {type: 'string', shape: [0], data: []}],
  ['scalar', {type: 'f32', shape: [], data: Float32Array.of(42)}],
]);

/** Each byte tells its place. */
export function countingBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = i % 251;
  return bytes;
}

/** A frame whose one tensor takes `bytes`. */
export function frameOfBytes(bytes: number): Frame {
  const data = countingBytes(bytes);
  const tensors = new Map<string, TensorData>([['x', {type: 'u8', shape: [bytes], data}]]);
  return {message: {bytes}, tensors, owned: false};
}

export function plainFrame(message: unknown): Frame {
  return {message, tensors: new Map(), owned: false};
}
