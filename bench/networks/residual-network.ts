import type {Attributes} from '../../src/network/node-proto.js';
import {NetworkBuilder} from '../../test/support/network-builder.js';
import {SeededRandom} from '../../test/support/seeded-random.js';

export interface ResidualNetworkOptions {
  /** Height and width of the image; a multiple of 32. */
  readonly pixels: number;
  /** Channels after the first convolution; each of the three later groups doubles them. */
  readonly channels: number;
  readonly seed: number;
}

const classes = 1000;
const groups = 4;

/**
 * An image classifier of the shape of ResNet-18 (He et al. 2016, table 1), f32[1,3,pixels,pixels] to
 * f32[1,1000], with batch normalisation folded into the convolutions. The weights are drawn from a
 * seed, so it classifies nothing, at a real classifier's cost: 224 pixels and 48 channels make
 * 1.1 billion multiply-adds and 26 MB of weights.
 */
export function residualNetwork(options: ResidualNetworkOptions): Uint8Array {
  const layers = new Layers(options.seed);
  const {pixels, channels} = options;
  layers.builder.input('image', 'f32', [1, 3, pixels, pixels]);
  let value = layers.convolve('image', {from: 3, to: channels, kernel: 7, stride: 2});
  value = layers.apply('Relu', [value]);
  value = layers.apply('MaxPool', [value], window({kernel: 3, stride: 2}));
  let from = channels;
  for (let group = 0; group < groups; group++) {
    const to = channels * 2 ** group;
    value = layers.block(value, {from, to, stride: group === 0 ? 1 : 2});
    value = layers.block(value, {from: to, to, stride: 1});
    from = to;
  }
  value = layers.apply('GlobalAveragePool', [value]);
  value = layers.apply('Flatten', [value]);
  layers.builder
    .initializer('classes', layers.weights([from, classes], from))
    .node('Gemm', [value, 'classes'], 'scores')
    .output('scores', 'f32', [1, classes]);
  return layers.builder.bytes();
}

interface Convolution {
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride: number;
}

/** Attributes of an operation that slides over an image and keeps its size but for the stride. */
function window({kernel, stride}: Pick<Convolution, 'kernel' | 'stride'>): Attributes {
  const pairOf = (size: number) => [BigInt(size), BigInt(size)];
  const border = pairOf((kernel - 1) / 2);
  return {
    kernel_shape: pairOf(kernel),
    strides: pairOf(stride),
    pads: [...border, ...border],
  };
}

class Layers {
  readonly builder = new NetworkBuilder('residual');
  readonly #random: SeededRandom;
  #values = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  apply(type: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = `v${this.#values++}`;
    this.builder.node(type, inputs, output, attributes);
    return output;
  }

  convolve(input: string, {from, to, kernel, stride}: Convolution): string {
    const weights = `w${this.#values}`;
    const bias = `b${this.#values}`;
    this.builder
      .initializer(weights, this.weights([to, from, kernel, kernel], from * kernel * kernel))
      .initializer(bias, this.weights([to], to));
    return this.apply('Conv', [input, weights, bias], window({kernel, stride}));
  }

  /** Two convolutions, and a way around them. */
  block(input: string, {from, to, stride}: Omit<Convolution, 'kernel'>): string {
    const first = this.apply('Relu', [this.convolve(input, {from, to, kernel: 3, stride})]);
    const second = this.convolve(first, {from: to, to, kernel: 3, stride: 1});
    const around = stride === 1 ? input : this.convolve(input, {from, to, kernel: 1, stride});
    return this.apply('Relu', [this.apply('Add', [second, around])]);
  }

  /** Uniform, with the variance that keeps values in range through Relu layers (He et al. 2015). */
  weights(shape: readonly number[], inputs: number) {
    const count = shape.reduce((product, size) => product * size, 1);
    const bound = Math.sqrt(6 / inputs);
    const data = Float32Array.from({length: count}, () => (2 * this.#random.next() - 1) * bound);
    return {type: 'f32', shape, data} as const;
  }
}
