import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {
  indexTensor,
  isWide,
  type NarrowElements,
  newElements,
  numbersOf,
} from '../../../src/plugin/graph/elements.js';
import type {Kernel, KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import type {NodeAttributes} from '../../../src/plugin/graph/node-attributes.js';
import {sizeOf} from '../../../src/plugin/graph/shapes.js';
import {unsupported} from '../../../src/plugin/graph/unsupported.js';
import {required} from './required.js';

/** `Constant`: the value that one of its attributes holds. */
export const constant: KernelBuilder = ({attributes}): Kernel => {
  const value = constantValue(attributes);
  if (value === undefined) throw unsupported('expected a dense value');
  return () => [value];
};

/** What a `Constant` with these attributes gives; undefined if it is none that travels. */
export function constantValue(attributes: NodeAttributes): TensorData | undefined {
  const tensor = attributes.tensor('value');
  if (tensor !== undefined) return tensor;
  const float = attributes.floats('value_floats') ?? [attributes.float('value_float', 0)];
  const isFloat = attributes.has('value_float') || attributes.has('value_floats');
  if (isFloat) return {type: 'f32', shape: shapeOf('value_floats'), data: Float32Array.from(float)};
  if (attributes.has('value_int')) return indexTensor([], [attributes.int('value_int', 0)]);
  const ints = attributes.wideInts('value_ints');
  if (ints) return {type: 'i64', shape: [ints.length], data: BigInt64Array.from(ints)};
  const texts = attributes.texts('value_strings');
  if (texts) return {type: 'string', shape: [texts.length], data: texts};
  if (!attributes.has('value_string')) return undefined;
  return {type: 'string', shape: [], data: [attributes.text('value_string', '')]};

  function shapeOf(list: string): readonly number[] {
    return attributes.has(list) ? [float.length] : [];
  }
}

/** `ConstantOfShape`: one value everywhere, the float zero if it is not told. */
export const constantOfShape: KernelBuilder = ({attributes}) => {
  const value = attributes.tensor('value');
  const type = (value?.type ?? 'f32') as NumericType;
  return inputs => {
    const shape = numbersOf(required(inputs, 0));
    const data = newElements(type, sizeOf(shape));
    if (isWide(data)) data.fill(BigInt(value?.data[0] ?? 0));
    else data.fill(Number(value?.data[0] ?? 0));
    return [{type, shape, data}];
  };
};

/** `Range`: from a start up to before a limit, in steps. */
export const range: KernelBuilder = () => inputs => {
  const [start, limit, delta] = [0, 1, 2].map(index => numbersOf(required(inputs, index))[0] ?? 0);
  const [from, step] = [start ?? 0, delta ?? 1];
  const count = Math.max(0, Math.ceil(((limit ?? 0) - from) / step));
  const type = required(inputs, 0).type as NumericType;
  const data = newElements(type, sizeOf([count]));
  if (isWide(data)) for (let i = 0; i < count; i++) data[i] = BigInt(from + i * step);
  else for (let i = 0; i < count; i++) (data as NarrowElements)[i] = from + i * step;
  return [{type, shape: [count], data}];
};
