import type {ElementType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {aroundAxis, axisOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {roundHalfEven} from '../half-float.js';
import {required} from './required.js';

const ranges: Partial<Record<ElementType, readonly [number, number]>> = {
  u8: [0, 255],
  i8: [-128, 127],
};

/** `QuantizeLinear`: divided by a scale, rounded, moved by a zero point, and kept in range. */
export const quantizeLinear: KernelBuilder = node => {
  refuseBlocks(node);
  node.attributes.expectInt('output_dtype', 0);
  const axis = node.attributes.int('axis', 1);
  return inputs => {
    const [input, scale, zero] = [required(inputs, 0), required(inputs, 1), inputs[2]];
    const type = zero?.type ?? 'u8';
    const [least, most] = ranges[type] ?? [0, 255];
    const at = channelOf(input, scale, axis);
    const [from, scales, zeros] = [narrow(input), narrow(scale), zero && narrow(zero)];
    const data = newNarrow(type, from.length);
    for (let i = 0; i < from.length; i++) {
      // The quotient in single precision, as it is specified: it decides which way a half goes.
      const quotient = Math.fround((from[i] ?? 0) / (scales[at(i)] ?? 1));
      const moved = roundHalfEven(quotient) + (zeros?.[at(i)] ?? 0);
      data[i] = Math.min(most, Math.max(least, moved));
    }
    return [{type, shape: input.shape, data} as TensorData];
  };
};

/** `DequantizeLinear`: the zero point taken off, and multiplied by the scale. */
export const dequantizeLinear: KernelBuilder = node => {
  refuseBlocks(node);
  const axis = node.attributes.int('axis', 1);
  return inputs => {
    const [input, scale, zero] = [required(inputs, 0), required(inputs, 1), inputs[2]];
    const at = channelOf(input, scale, axis);
    const [from, scales, zeros] = [narrow(input), narrow(scale), zero && narrow(zero)];
    const data = new Float32Array(from.length);
    for (let i = 0; i < from.length; i++) {
      data[i] = ((from[i] ?? 0) - (zeros?.[at(i)] ?? 0)) * (scales[at(i)] ?? 1);
    }
    return [{type: 'f32', shape: input.shape, data}];
  };
};

/** `DynamicQuantizeLinear`: to u8, by the range of the values themselves, which 0 belongs to. */
export const dynamicQuantizeLinear: KernelBuilder = () => inputs => {
  const input = required(inputs, 0);
  const from = narrow(input);
  let [least, most] = [0, 0];
  for (const element of from) {
    least = Math.min(least, element);
    most = Math.max(most, element);
  }
  const scale = Math.fround((most - least) / 255) || 1;
  const zero = Math.min(255, Math.max(0, roundHalfEven(Math.fround(-least / scale))));
  const data = Uint8Array.from(from, element =>
    Math.min(255, Math.max(0, roundHalfEven(Math.fround(element / scale)) + zero)),
  );
  return [
    {type: 'u8', shape: input.shape, data},
    {type: 'f32', shape: [], data: Float32Array.of(scale)},
    {type: 'u8', shape: [], data: Uint8Array.of(zero)},
  ];
};

function refuseBlocks({attributes}: NodeSetting): void {
  if (attributes.int('block_size', 0) === 0) return;
  throw unsupported('block_size: expected one scale for the tensor or for each channel');
}

/** Which scale an element has: the only one, or that of its place along the axis. */
function channelOf(input: TensorData, scale: TensorData, axis: number): (index: number) => number {
  if (scale.data.length === 1) return () => 0;
  const [, size, inner] = aroundAxis(input.shape, axisOf(axis, input.shape.length));
  if (scale.data.length !== size || scale.shape.length !== 1) {
    throw kernelFailure(`scale of shape [${scale.shape}]: expected one element or ${size}`);
  }
  return index => Math.floor(index / inner) % size;
}
