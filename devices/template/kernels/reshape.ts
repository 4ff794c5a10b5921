import type {TensorData} from '../../../schemas/tensor.js';
import {numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder, NodeSetting} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {axisOf, type Shape, sizeOf} from '../../../src/plugin/graph/shapes.js';
import {required} from './required.js';

type Inputs = readonly (TensorData | undefined)[];

/** The same elements in another shape; throws STAGE_FAILED where they do not fill it. */
function shaped(tensor: TensorData, shape: Shape): TensorData {
  if (sizeOf(shape) === tensor.data.length) return {...tensor, shape};
  throw kernelFailure(`a tensor of shape [${tensor.shape}] cannot become one of shape [${shape}]`);
}

/** `Reshape`: 0 keeps a dimension (unless zeros are allowed), -1 stands for what is left. */
export const reshape: KernelBuilder = ({attributes}) => {
  const allowZero = attributes.flag('allowzero', false);
  return inputs => {
    const input = required(inputs, 0);
    const wanted = numbersOf(required(inputs, 1));
    const shape = wanted.map((size, axis) => {
      return size === 0 && !allowZero ? (input.shape[axis] ?? 0) : size;
    });
    const rest = sizeOf(shape.filter(size => size !== -1));
    const missing = rest === 0 ? 0 : input.data.length / rest;
    if (shape.includes(-1) && !Number.isInteger(missing)) {
      throw kernelFailure(`a tensor of shape [${input.shape}] does not fill the shape [${wanted}]`);
    }
    return [
      shaped(
        input,
        shape.map(size => (size === -1 ? missing : size)),
      ),
    ];
  };
};

/** `Flatten`: two dimensions, those before an axis and those from it on. */
export const flatten: KernelBuilder = ({attributes}) => {
  const axis = attributes.int('axis', 1);
  return inputs => {
    const input = required(inputs, 0);
    const rank = input.shape.length;
    const at = axis === rank ? rank : axisOf(axis, rank);
    return [shaped(input, [sizeOf(input.shape.slice(0, at)), sizeOf(input.shape.slice(at))])];
  };
};

/** Axes are an attribute before operator set 13, then an input. */
function axesReader({attributes, opset}: NodeSetting): (inputs: Inputs) => Shape | undefined {
  if (opset < 13) {
    const axes = attributes.ints('axes');
    return () => axes;
  }
  return inputs => inputs[1] && numbersOf(inputs[1]);
}

/** `Squeeze`: without these axes of size 1, or without all. */
export const squeeze: KernelBuilder = node => {
  const axesOf = axesReader(node);
  return inputs => {
    const input = required(inputs, 0);
    const {shape} = input;
    const given = axesOf(inputs)?.map(axis => axisOf(axis, shape.length));
    const goes = (size: number, axis: number) => given?.includes(axis) ?? size === 1;
    return [
      shaped(
        input,
        shape.filter((size, axis) => !goes(size, axis)),
      ),
    ];
  };
};

/** `Unsqueeze`: with axes of size 1 at these places of the result. */
export const unsqueeze: KernelBuilder = node => {
  const axesOf = axesReader(node);
  return inputs => {
    const input = required(inputs, 0);
    const axes = axesOf(inputs) ?? [];
    const rank = input.shape.length + axes.length;
    const added = new Set(axes.map(axis => axisOf(axis, rank)));
    const sizes = [...input.shape];
    const shape = Array.from(
      {length: rank},
      (_, axis) => (added.has(axis) ? 1 : sizes.shift()) ?? 1,
    );
    return [shaped(input, shape)];
  };
};

/** The first input as it is. */
export const identity: KernelBuilder = () => inputs => [required(inputs, 0)];
