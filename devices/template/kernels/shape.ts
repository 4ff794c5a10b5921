import {indexTensor} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {required} from './required.js';

/** `Shape`, from operator set 15 on of a range of the axes. */
export const shapeOf: KernelBuilder = ({attributes}) => {
  const [start, end] = [attributes.int('start', 0), attributes.int('end', Number.MAX_SAFE_INTEGER)];
  return inputs => {
    const {shape} = required(inputs, 0);
    const bound = (axis: number) =>
      Math.min(shape.length, Math.max(0, axis < 0 ? axis + shape.length : axis));
    const dimensions = shape.slice(bound(start), bound(end));
    return [indexTensor([dimensions.length], dimensions)];
  };
};

/** `Size`: the number of elements. */
export const size: KernelBuilder = () => inputs => [
  indexTensor([], [required(inputs, 0).data.length]),
];
