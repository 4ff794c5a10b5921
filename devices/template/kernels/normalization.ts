import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {Kernel, KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {axisOf, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {required} from './required.js';

/** `BatchNormalization` by the given mean and variance; by those of the batch where it is trained. */
export const batchNormalization: KernelBuilder = node => {
  const {attributes, hasOutput} = node;
  if (attributes.flag('training_mode', false)) return trainedBatchNormalization(node);
  attributes.expectInt('spatial', 1);
  if (hasOutput(1)) throw unsupported('running mean and variance: expected the first output only');
  const epsilon = attributes.float('epsilon', 1e-5);
  return inputs => {
    const given = [1, 2, 3, 4].map(at => narrow(required(inputs, at)));
    return [normalizedBy(required(inputs, 0), given, epsilon)];
  };
};

/** Each channel by its scale, bias, mean and variance. */
function normalizedBy(
  input: TensorData,
  [scale, bias, mean, variance]: readonly ArrayLike<number>[],
  epsilon: number,
): TensorData {
  const [, channels = 1, ...space] = input.shape;
  const area = sizeOf(space);
  const from = narrow(input);
  const data = newNarrow(input.type, from.length);
  for (let i = 0; i < from.length; i++) {
    const channel = Math.floor(i / area) % channels;
    const factor = (scale?.[channel] ?? 1) / Math.sqrt((variance?.[channel] ?? 1) + epsilon);
    data[i] = ((from[i] ?? 0) - (mean?.[channel] ?? 0)) * factor + (bias?.[channel] ?? 0);
  }
  return {...input, data} as TensorData;
}

/** Also gives the means and variances of all batches so far, of which old ones count ever less. */
function trainedBatchNormalization({attributes}: NodeSetting): Kernel {
  const [epsilon, momentum] = [
    attributes.float('epsilon', 1e-5),
    attributes.float('momentum', 0.9),
  ];
  return inputs => {
    const input = required(inputs, 0);
    const [scale, bias] = [narrow(required(inputs, 1)), narrow(required(inputs, 2))];
    const statistics = channelStatistics(input);
    const running = statistics.map((now, index) => {
      const before = required(inputs, index + 3);
      const data = narrow(before).map(
        (value, at) => value * momentum + (now[at] ?? 0) * (1 - momentum),
      );
      return {...before, data} as TensorData;
    });
    return [normalizedBy(input, [scale, bias, ...statistics], epsilon), ...running];
  };
}

/** The mean and the variance of each channel. */
function channelStatistics(input: TensorData): readonly [Float64Array, Float64Array] {
  const [batch = 0, channels = 1, ...space] = input.shape;
  const area = sizeOf(space);
  const [means, variances] = [new Float64Array(channels), new Float64Array(channels)];
  const count = batch * area;
  const from = narrow(input);
  const channelOf = (index: number) => Math.floor(index / area) % channels;
  for (const [i, value] of from.entries())
    means[channelOf(i)] = (means[channelOf(i)] ?? 0) + value / count;
  for (const [i, value] of from.entries()) {
    const channel = channelOf(i);
    const square = (value - (means[channel] ?? 0)) ** 2;
    variances[channel] = (variances[channel] ?? 0) + square / count;
  }
  return [means, variances];
}

/** `InstanceNormalization`: each channel of each image by its own mean and variance. */
export const instanceNormalization: KernelBuilder = ({attributes}) => {
  const epsilon = attributes.float('epsilon', 1e-5);
  return inputs => {
    const input = required(inputs, 0);
    const [scale, bias] = [narrow(required(inputs, 1)), narrow(required(inputs, 2))];
    const area = sizeOf(input.shape.slice(2));
    const {values} = normalized(input, area, epsilon);
    const channel = (index: number) => Math.floor(index / area) % scale.length;
    return [scaled(input, values, i => [scale[channel(i)] ?? 1, bias[channel(i)] ?? 0])];
  };
};

/** `LayerNormalization`: over all axes from one on; also gives mean and inverse deviation. */
export const layerNormalization: KernelBuilder = ({attributes}) => {
  attributes.expectInt('stash_type', 1);
  const [axis, epsilon] = [attributes.int('axis', -1), attributes.float('epsilon', 1e-5)];
  return inputs => {
    const input = required(inputs, 0);
    const {shape} = input;
    const at = axisOf(axis, shape.length);
    const size = sizeOf(shape.slice(at));
    const scale = perElement(required(inputs, 1), size);
    const bias = inputs[2] && perElement(inputs[2], size);
    const {values, means, inverses} = normalized(input, size, epsilon);
    const result = scaled(input, values, i => [scale[i % size] ?? 1, bias?.[i % size] ?? 0]);
    const kept = shape.map((each, index) => (index < at ? each : 1));
    const statistic = (data: Float64Array) =>
      ({
        type: input.type,
        shape: kept,
        data: newNarrow(input.type, data.length).map((_, i) => data[i] ?? 0),
      }) as TensorData;
    return [result, statistic(means), statistic(inverses)];
  };
};

function perElement(tensor: TensorData, size: number) {
  const data = narrow(tensor);
  if (data.length === size) return data;
  throw kernelFailure(`scale or bias of shape [${tensor.shape}]: expected ${size} elements`);
}

interface Normalized {
  readonly values: Float64Array;
  readonly means: Float64Array;
  readonly inverses: Float64Array;
}

/** Each run of `size` elements less its mean, divided by its standard deviation. */
function normalized(input: TensorData, size: number, epsilon: number): Normalized {
  const from = narrow(input);
  const runs = size === 0 ? 0 : from.length / size;
  const values = new Float64Array(from.length);
  const [means, inverses] = [new Float64Array(runs), new Float64Array(runs)];
  for (let run = 0; run < runs; run++) {
    let sum = 0;
    for (let i = run * size; i < (run + 1) * size; i++) sum += from[i] ?? 0;
    const mean = sum / size;
    let squares = 0;
    for (let i = run * size; i < (run + 1) * size; i++) squares += ((from[i] ?? 0) - mean) ** 2;
    const inverse = 1 / Math.sqrt(squares / size + epsilon);
    for (let i = run * size; i < (run + 1) * size; i++)
      values[i] = ((from[i] ?? 0) - mean) * inverse;
    [means[run], inverses[run]] = [mean, inverse];
  }
  return {values, means, inverses};
}

function scaled(
  input: TensorData,
  values: Float64Array,
  factors: (index: number) => readonly [scale: number, bias: number],
): TensorData {
  const data = newNarrow(input.type, values.length);
  for (let i = 0; i < values.length; i++) {
    const [scale, bias] = factors(i);
    data[i] = (values[i] ?? 0) * scale + bias;
  }
  return {...input, data} as TensorData;
}
