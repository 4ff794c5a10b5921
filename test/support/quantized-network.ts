import type {TensorData} from '../../schemas/tensor.js';
import {NetworkBuilder} from './network-builder.js';
import {SeededRandom} from './seeded-random.js';
import {tensorOf} from './tensor-of.js';

/** A network in the QDQ form while it is built: every tensor is quantised and back. */
class QuantizedBuilder {
  readonly builder = new NetworkBuilder('quantized');
  readonly #random = new SeededRandom(7);

  /** Numbers from -1 to 1. */
  uniform(shape: readonly number[]): TensorData {
    const count = shape.reduce((product, size) => product * size, 1);
    return tensorOf(
      'f32',
      shape,
      Array.from({length: count}, () => this.#random.next() * 2 - 1),
    );
  }

  /** `value` quantised to uint8; the value that is read back. */
  pair(value: string, scale: number, zero: number): string {
    this.builder
      .initializer(`${value}_s`, tensorOf('f32', [], [scale]))
      .initializer(`${value}_z`, tensorOf('u8', [], [zero]))
      .node('QuantizeLinear', `${value} ${value}_s ${value}_z`, `${value}_q`)
      .node('DequantizeLinear', `${value}_q ${value}_s ${value}_z`, `${value}_d`);
    return `${value}_d`;
  }

  /**
   * Weights per channel along axis 0, as the exporter of PyTorch leaves them: float32 with a pair of
   * their own; 7 bits, so that no integer kernel saturates on its way.
   */
  weights(name: string, shape: readonly number[]): string {
    const channels = shape[0] ?? 1;
    const scales = Array.from({length: channels}, () => (1 + this.#random.next()) / 63);
    const {builder} = this;
    builder
      .initializer(name, this.uniform(shape))
      .initializer(`${name}_s`, tensorOf('f32', [channels], scales))
      .initializer(`${name}_z`, tensorOf('i8', [channels]))
      .node('QuantizeLinear', `${name} ${name}_s ${name}_z`, `${name}_q`, {axis: 0n})
      .node('DequantizeLinear', `${name}_q ${name}_s ${name}_z`, `${name}_d`, {axis: 0n});
    return `${name}_d`;
  }
}

/**
 * A residual network in the QDQ form as exporters leave it: a pair that two branches share, pairs
 * behind operations that only move elements, weights still float32. 12 operations that compute:
 *
 *     image -> Transpose -> conv1 -> relu1 ┬ conv2 -> add -> relu2 -> pool ┬ conv3 -> flatten -> fc -> y
 *                                          └──────────┘                    └ conv4 ┘  (concat)
 */
export function quantizedConvnet(): Uint8Array {
  const network = new QuantizedBuilder();
  const {builder} = network;
  const convolution = (name: string, input: string, output: string, [m, c, k]: number[]) => {
    const weights = network.weights(`${name}_w`, [m ?? 0, c ?? 0, k ?? 0, k ?? 0]);
    const pad = BigInt(((k ?? 1) - 1) / 2);
    builder.node('Conv', [input, weights], [output], {pads: [pad, pad, pad, pad]}, name);
  };
  builder
    .input('image', 'f32', ['n', 8, 8, 3])
    .node('Transpose', 'image', 'nchw', {perm: [0n, 3n, 1n, 2n]}, 'to_nchw');
  convolution('conv1', network.pair('nchw', 1 / 127, 128), 'a', [8, 3, 3]);
  builder.node('Relu', 'a', 'b', {}, 'relu1');
  const shared = network.pair('b', 0.02, 0);
  convolution('conv2', shared, 'c', [8, 8, 3]);
  builder.node('Add', [network.pair('c', 0.05, 120), shared], ['d'], {}, 'add');
  builder.node('Relu', 'd', 'e', {}, 'relu2');
  const pool = {kernel_shape: [2n, 2n], strides: [2n, 2n]};
  builder.node('MaxPool', 'e', 'f', pool, 'pool');
  const pooled = network.pair('f', 0.03, 0);
  convolution('conv3', pooled, 'g', [4, 8, 3]);
  convolution('conv4', pooled, 'h', [4, 8, 1]);
  builder.node('Concat', 'g h', 'i', {axis: 1n}, 'concat');
  builder.node('Flatten', [network.pair('i', 0.1, 117)], ['j'], {}, 'flatten');
  const fc = network.weights('fc_w', [10, 128]);
  builder.node('Gemm', [network.pair('j', 0.1, 117), fc], ['k'], {transB: 1n}, 'fc');
  builder.node('Identity', [network.pair('k', 0.2, 128)], ['y'], {}, 'last');
  return builder.output('y', 'f32', ['n', 10]).bytes();
}

/** Two images for it. */
export function quantizedImages(): TensorData {
  return new QuantizedBuilder().uniform([2, 8, 8, 3]);
}
