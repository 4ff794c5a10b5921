import type {TensorData} from '../../../schemas/tensor.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {required} from './required.js';
import {permuted} from './transpose.js';

type Image = readonly [batch: number, channels: number, height: number, width: number];

/** `DepthToSpace`: blocks of channels become blocks of pixels. */
export const depthToSpace: KernelBuilder = ({attributes}) => {
  const size = attributes.int('blocksize', 1);
  const depthFirst = attributes.choice('mode', 'DCR', ['DCR', 'CRD']) === 'DCR';
  return inputs => {
    const input = required(inputs, 0);
    const [n, c, h, w] = imageOf(input, size * size, 1);
    const depth = c / (size * size);
    const blocks = depthFirst ? [n, size, size, depth, h, w] : [n, depth, size, size, h, w];
    const order = depthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
    const moved = permuted({...input, shape: blocks}, order);
    return [{...moved, shape: [n, depth, h * size, w * size]}];
  };
};

/** `SpaceToDepth`: blocks of pixels become blocks of channels. */
export const spaceToDepth: KernelBuilder = ({attributes}) => {
  const size = attributes.int('blocksize', 1);
  return inputs => {
    const input = required(inputs, 0);
    const [n, c, h, w] = imageOf(input, 1, size);
    const [rows, columns] = [h / size, w / size];
    const moved = permuted(
      {...input, shape: [n, c, rows, size, columns, size]},
      [0, 3, 5, 1, 2, 4],
    );
    return [{...moved, shape: [n, c * size * size, rows, columns]}];
  };
};

function imageOf({shape}: TensorData, channels: number, pixels: number): Image {
  const [n = 0, c = 0, h = 0, w = 0] = shape;
  const fits = shape.length === 4 && c % channels === 0 && h % pixels === 0 && w % pixels === 0;
  if (fits) return [n, c, h, w];
  throw kernelFailure(
    `shape [${shape}]: expected 4 dimensions, channels by ${channels}, pixels by ${pixels}`,
  );
}
