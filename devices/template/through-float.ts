import type {TensorData} from '../../schemas/tensor.js';
import {narrow} from '../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../src/plugin/graph/kernel.js';
import {fromHalf, toHalf} from './half-float.js';

/** Computes float16 in float32: inputs are widened, and float32 outputs rounded again. */
export function throughFloat(build: KernelBuilder): KernelBuilder {
  return node => {
    const kernel = build(node);
    return inputs => {
      if (!inputs.some(input => input?.type === 'f16')) return kernel(inputs);
      return kernel(inputs.map(input => input && widened(input))).map(rounded);
    };
  };
}

function widened(tensor: TensorData): TensorData {
  if (tensor.type !== 'f16') return tensor;
  const {shape} = tensor;
  return {type: 'f32', shape, data: Float32Array.from(narrow(tensor), fromHalf)};
}

function rounded(tensor: TensorData): TensorData {
  if (tensor.type !== 'f32') return tensor;
  const {shape} = tensor;
  return {type: 'f16', shape, data: Uint16Array.from(narrow(tensor), toHalf)};
}
