import type {TensorData} from '../../../schemas/tensor.js';
import {narrow, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {kernelFailure} from '../../../src/plugin/graph/kernel-failure.js';
import {
  broadcastShape,
  broadcastStrides,
  offsetsOf,
  type Shape,
  sizeOf,
} from '../../../src/plugin/graph/shapes.js';
import {matrixProduct} from './matrix-product.js';
import {required} from './required.js';

/** `MatMul`: products of the last two axes, the others broadcast; as in numpy. */
export const matmul: KernelBuilder = () => inputs => {
  const [a, b] = [required(inputs, 0), required(inputs, 1)];
  return [product(a, b)];
};

function product(a: TensorData, b: TensorData): TensorData {
  const [left, right] = [asMatrices(a.shape, 'row'), asMatrices(b.shape, 'column')];
  const [rows = 0, inner = 0] = left.slice(-2);
  const [height = 0, columns = 0] = right.slice(-2);
  if (inner !== height) {
    throw kernelFailure(`shapes [${a.shape}] and [${b.shape}]: expected matrices that fit`);
  }
  const [leftBatch, rightBatch] = [left.slice(0, -2), right.slice(0, -2)];
  const batch = broadcastShape(leftBatch, rightBatch);
  const [aAt, bAt] = [starts(leftBatch, batch), starts(rightBatch, batch)];
  const data = newNarrow(a.type, sizeOf([...batch, rows, columns]));
  const [x, y] = [narrow(a), narrow(b)];
  for (let index = 0; index < aAt.length; index++) {
    matrixProduct(
      {
        ...{a: x, b: y, rows, inner, columns},
        aAt: (aAt[index] ?? 0) * rows * inner,
        bAt: (bAt[index] ?? 0) * inner * columns,
      },
      data,
      index * rows * columns,
    );
  }
  const shape = [
    ...batch,
    ...(a.shape.length > 1 ? [rows] : []),
    ...(b.shape.length > 1 ? [columns] : []),
  ];
  return {type: a.type, shape, data} as TensorData;
}

/** A vector is a matrix of one row on the left, of one column on the right. */
function asMatrices(shape: Shape, vector: 'row' | 'column'): Shape {
  if (shape.length === 0) throw kernelFailure('a scalar: expected a vector or matrices');
  if (shape.length > 1) return shape;
  return vector === 'row' ? [1, ...shape] : [...shape, 1];
}

/** For each matrix of the broadcast batch, which one of a tensor's own it is. */
function starts(own: Shape, batch: Shape): Int32Array {
  return offsetsOf(batch, broadcastStrides(own, batch));
}
