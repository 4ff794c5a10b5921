import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {broadcast} from '../broadcast.js';
import {matrixProduct} from './matrix-product.js';
import {required} from './required.js';
import {permuted} from './transpose.js';

/** `Gemm`: alpha · A · B + beta · C, either matrix transposed, C broadcast or left out. */
export const gemm: KernelBuilder = ({attributes}) => {
  const [alpha, beta] = [attributes.float('alpha', 1), attributes.float('beta', 1)];
  const [flipA, flipB] = [attributes.flag('transA', false), attributes.flag('transB', false)];
  return inputs => {
    const a = matrix(required(inputs, 0), flipA);
    const b = matrix(required(inputs, 1), flipB);
    const product = multiplied(a, b, alpha);
    const c = inputs[2];
    if (c === undefined) return [product];
    const added = (x: number, y: number) => x + beta * y;
    return [broadcast(product, c, product.type as NumericType, {number: added})];
  };
};

function matrix(tensor: TensorData, flip: boolean): TensorData {
  if (tensor.shape.length !== 2) throw kernelFailure(`shape [${tensor.shape}]: expected a matrix`);
  return flip ? permuted(tensor, [1, 0]) : tensor;
}

function multiplied(a: TensorData, b: TensorData, alpha: number): TensorData {
  const [rows = 0, inner = 0] = a.shape;
  const [height, columns = 0] = b.shape;
  if (height !== inner) {
    throw kernelFailure(`shapes [${a.shape}] and [${b.shape}]: expected matrices that fit`);
  }
  const data = newNarrow(a.type, rows * columns);
  matrixProduct({a: narrow(a), b: narrow(b), aAt: 0, bAt: 0, rows, inner, columns}, data, 0);
  if (alpha !== 1) for (let i = 0; i < data.length; i++) data[i] = alpha * (data[i] ?? 0);
  return {type: a.type, shape: [rows, columns], data} as TensorData;
}
