import type {TensorData} from '../../../schemas/tensor.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {offsetsOf, type Shape, stridesOf} from '../../../src/plugin/graph/shapes.js';
import {take} from '../take.js';
import {required} from './required.js';

/** `Transpose`: axes in another order, the reverse one if none is given. */
export const transpose: KernelBuilder = ({attributes}) => {
  const given = attributes.ints('perm');
  return inputs => {
    const input = required(inputs, 0);
    const order = given ?? input.shape.map((_, axis) => axis).reverse();
    return [permuted(input, order)];
  };
};

/** Throws STAGE_FAILED for what is no order of the tensor's axes. */
export function permuted(tensor: TensorData, order: Shape): TensorData {
  const {shape} = tensor;
  if (
    [...order].sort((a, b) => a - b).some((axis, index) => axis !== index) ||
    order.length !== shape.length
  ) {
    throw kernelFailure(`perm [${order}]: expected an order of ${shape.length} axes`);
  }
  const strides = stridesOf(shape);
  const result = order.map(axis => shape[axis] ?? 1);
  return take(
    tensor,
    result,
    offsetsOf(
      result,
      order.map(axis => strides[axis] ?? 0),
    ),
  );
}
