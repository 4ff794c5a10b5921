import type {NumericType} from '../../../schemas/element-type.js';
import type {TensorData} from '../../../schemas/tensor.js';
import {invariant} from '../../../src/errors.js';
import {isWide, narrow, newElements, newNarrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import type {NodeAttributes} from '../../../src/plugin/graph/node-attributes.js';
import {required} from './required.js';

/** What a function makes of an element. */
export type Mapping = (element: number) => number;

/** Every element mapped, into a tensor of the same type. */
export function unary(mapping: Mapping, wide?: (element: bigint) => bigint): KernelBuilder {
  return () => inputs => [mapped(required(inputs, 0), mapping, wide)];
}

/** As `unary`, by a function that attributes make. */
export function unaryWith(make: (attributes: NodeAttributes) => Mapping): KernelBuilder {
  return ({attributes}) => {
    const mapping = make(attributes);
    return inputs => [mapped(required(inputs, 0), mapping)];
  };
}

/** Booleans that say of each element whether something holds. */
export function predicate(
  make: (attributes: NodeAttributes) => (element: number) => boolean,
): KernelBuilder {
  return ({attributes}) => {
    const holds = make(attributes);
    return inputs => {
      const input = required(inputs, 0);
      const from = narrow(input);
      const data = newNarrow('bool', from.length);
      for (let index = 0; index < from.length; index++)
        data[index] = holds(from[index] ?? 0) ? 1 : 0;
      return [{type: 'bool', shape: input.shape, data}];
    };
  };
}

export function mapped(
  input: TensorData,
  mapping: Mapping,
  wide?: (element: bigint) => bigint,
): TensorData {
  const {type, shape, data: from} = input;
  const data = newElements(type as NumericType, from.length);
  if (isWide(data) && isWide(from)) {
    invariant(wide !== undefined, '64-bit integers are mapped by a function of their own');
    for (let index = 0; index < from.length; index++) data[index] = wide(from[index] ?? 0n);
  } else {
    const numbers = narrow(input);
    for (let index = 0; index < from.length; index++) data[index] = mapping(numbers[index] ?? 0);
  }
  return {type, shape, data};
}
