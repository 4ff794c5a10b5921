import {
  type ElementType,
  elementTypeOfOnnx,
  type NumericType,
} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {isText, isWide, narrow, newElements} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import type {NodeAttributes} from '../../../src/plugin/graph/node-attributes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {fromHalf, toHalf} from '../half-float.js';
import {required} from './required.js';
import {parsedText, textOf} from './text.js';

/** `Cast` to the type that attribute `to` names. */
export const cast: KernelBuilder = ({attributes}) => {
  const to = castTarget(attributes);
  return inputs => [castTo(required(inputs, 0), to)];
};

/** `CastLike`: to the type of the second input. */
export const castLike: KernelBuilder = () => inputs => [
  castTo(required(inputs, 0), required(inputs, 1).type),
];

/** Throws `unsupported` for a type that does not travel. */
export function castTarget(attributes: NodeAttributes): ElementType {
  const to = elementTypeOfOnnx(attributes.int('to', 0));
  if (to !== undefined) return to;
  throw unsupported(`to: expected a type that travels, given ${attributes.int('to', 0)}`);
}

function castTo(tensor: TensorData, to: ElementType): TensorData {
  if (tensor.type === to) return tensor;
  if (to === 'string') return textOf(tensor);
  return converted(isText(tensor.data) ? parsedText(tensor, to) : tensor, to);
}

/** Fractions are cut off, and whole numbers wrap around. */
export function converted(tensor: TensorData, to: NumericType): TensorData {
  const {type: from, shape} = tensor;
  if (from === to) return tensor;
  const data = newElements(to, tensor.data.length);
  const read = reader(tensor);
  if (isWide(data)) {
    for (let i = 0; i < data.length; i++) data[i] = wideOf(read(i));
  } else {
    const write = numberWriter(to);
    for (let i = 0; i < data.length; i++) data[i] = write(read(i));
  }
  return {type: to, shape, data};
}

function reader(tensor: TensorData): (index: number) => number | bigint {
  const {data} = tensor;
  if (isWide(data)) return index => data[index] ?? 0n;
  const numbers = narrow(tensor);
  if (tensor.type === 'f16') return index => fromHalf(numbers[index] ?? 0);
  return index => numbers[index] ?? 0;
}

function numberWriter(to: ElementType): (value: number | bigint) => number {
  if (to === 'bool') return value => (Number(value) === 0 ? 0 : 1);
  if (to === 'f16') return value => toHalf(Number(value));
  if (to === 'f32' || to === 'f64') return Number;
  return value => (typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value);
}

/** What is beyond 64 bits becomes the least number, as on common processors. */
function wideOf(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}
