import {
  broadcastShape,
  broadcastStrides,
  claim,
  elementTypes,
  indexTensor,
  type Kernel,
  type KernelBuilder,
  kernelFailure,
  narrow,
  newElements,
  numbersOf,
  OperationTable,
  offsetsOf,
  sizeOf,
  type TensorData,
  unsupported,
} from '../../plugin/index.js';

type Inputs = Parameters<Kernel>[0];

/** Two tensors broadcast to one shape, and combined element by element. */
function binary(combine: (a: number, b: number) => number): KernelBuilder {
  return () => inputs => {
    const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const shape = broadcastShape(a.shape, b.shape);
    const [left, right] = [a, b].map(each => offsetsOf(shape, broadcastStrides(each.shape, shape)));
    const [from, to] = [narrow(a), narrow(b)];
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      data[i] = combine(from[left?.[i] ?? 0] ?? 0, to[right?.[i] ?? 0] ?? 0);
    }
    return [{type: 'f32', shape, data}];
  };
}

const relu: KernelBuilder = () => inputs => {
  const input = inputAt(inputs, 0);
  const data = Float32Array.from(narrow(input), element => Math.max(0, element));
  return [{type: 'f32', shape: input.shape, data}];
};

const matmul: KernelBuilder = () => inputs => {
  const [a, b] = [inputAt(inputs, 0), inputAt(inputs, 1)];
  const [rows = 0, inner = 0] = a.shape;
  const [height = 0, columns = 0] = b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== height) {
    throw kernelFailure(`shapes [${a.shape}] and [${b.shape}]: expected two matrices that fit`);
  }
  const [left, right] = [narrow(a), narrow(b)];
  const data = new Float32Array(rows * columns);
  for (let at = 0; at < data.length; at++) {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      sum += (left[row * inner + k] ?? 0) * (right[k * columns + column] ?? 0);
    }
    data[at] = sum;
  }
  return [{type: 'f32', shape: [rows, columns], data}];
};

/** Along the first axis, the entries at these indices. */
const gather: KernelBuilder = ({attributes}) => {
  attributes.expectInt('axis', 0);
  return inputs => {
    const [input, indices] = [inputAt(inputs, 0), inputAt(inputs, 1)];
    const [size = 0, ...rest] = input.shape;
    const row = sizeOf(rest);
    const from = narrow(input);
    const data = newElements('f32', indices.data.length * row) as Float32Array;
    for (const [place, given] of numbersOf(indices).entries()) {
      const index = given < 0 ? given + size : given;
      if (index < 0 || index >= size) {
        throw kernelFailure(`index ${given}: expected one from ${-size} to ${size - 1}`);
      }
      data.set(from.subarray(index * row, (index + 1) * row) as Float32Array, place * row);
    }
    return [{type: 'f32', shape: [...indices.shape, ...rest], data}];
  };
};

const shape: KernelBuilder = ({attributes}) => {
  if (attributes.has('start') || attributes.has('end'))
    throw unsupported('start or end: expected none');
  return inputs => {
    const dimensions = inputAt(inputs, 0).shape;
    return [indexTensor([dimensions.length], dimensions)];
  };
};

const identity: KernelBuilder = () => inputs => [inputAt(inputs, 0)];

function inputAt(inputs: Inputs, index: number): TensorData {
  const input = inputs[index];
  if (input === undefined) throw kernelFailure(`input ${index} is missing`);
  return input;
}

const float = {sets: {T: ['f32']}} as const;
const any = {sets: {T: elementTypes}};

/**
 * Every operation that the device runs: since which version of ONNX's operator set, on which types,
 * and how. A query refuses everything else, and HETERO gives it to other devices.
 */
export const operationTable = new OperationTable([
  claim(
    'Add',
    7,
    '(T, T) -> T',
    binary((a, b) => a + b),
    float,
  ),
  claim(
    'Mul',
    7,
    '(T, T) -> T',
    binary((a, b) => a * b),
    float,
  ),
  claim('Relu', 6, '(T) -> T', relu, float),
  claim('MatMul', 1, '(T, T) -> T', matmul, float),
  claim('Gather', 1, '(T, I) -> T', gather, {sets: {T: ['f32'], I: ['i32', 'i64']}}),
  claim('Shape', 1, '(T) -> i64', shape, any),
  claim('Identity', 1, '(T) -> T', identity, any),
]);
