import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {sizeOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {required} from './required.js';

/** `LRN`: each element divided by a power of the squares of the channels around its own. */
export const localResponse: KernelBuilder = ({attributes}) => {
  const [alpha, beta] = [attributes.float('alpha', 0.0001), attributes.float('beta', 0.75)];
  const [bias, size] = [attributes.float('bias', 1), attributes.int('size', 1)];
  if (size % 2 === 0) throw unsupported(`size: expected an odd number, given ${size}`);
  const reach = (size - 1) / 2;
  return inputs => {
    const input = required(inputs, 0);
    const [batch = 0, channels = 0, ...space] = input.shape;
    const area = sizeOf(space);
    const from = narrow(input);
    const data = newNarrow(input.type, from.length);
    for (let plane = 0; plane < batch * channels; plane++) {
      const channel = plane % channels;
      const first = plane - Math.min(reach, channel);
      const last = plane + Math.min(reach, channels - 1 - channel);
      for (let i = 0; i < area; i++) {
        let squares = 0;
        for (let near = first; near <= last; near++) squares += (from[near * area + i] ?? 0) ** 2;
        const at = plane * area + i;
        data[at] = (from[at] ?? 0) / (bias + (alpha / size) * squares) ** beta;
      }
    }
    return [{...input, data} as TensorData];
  };
};
