import {isWide, narrow, newNarrow, numbersOf} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {aroundAxis, axisOf} from '../../../src/plugin/graph/shapes.js';
import {required} from './required.js';

/** `CumSum`: along an axis, the sum of all elements up to each. */
export const cumulativeSum: KernelBuilder = ({attributes}) => {
  const [exclusive, reverse] = [
    attributes.flag('exclusive', false),
    attributes.flag('reverse', false),
  ];
  return inputs => {
    const input = required(inputs, 0);
    const axis = axisOf(numbersOf(required(inputs, 1))[0] ?? 0, input.shape.length);
    const [outer, size, inner] = aroundAxis(input.shape, axis);
    const order = Array.from({length: size}, (_, i) => (reverse ? size - 1 - i : i));
    const lines = Array.from({length: outer * inner}, (_, line) => {
      const base =
        Math.floor(line / Math.max(1, inner)) * size * inner + (line % Math.max(1, inner));
      return order.map(index => base + index * inner);
    });
    const {data} = input;
    if (isWide(data)) return [{...input, data: summedWide(data, lines, exclusive)} as typeof input];
    const result = newNarrow(input.type, data.length);
    const from = narrow(input);
    for (const line of lines) {
      let sum = 0;
      for (const at of line) {
        if (exclusive) result[at] = sum;
        sum += from[at] ?? 0;
        if (!exclusive) result[at] = sum;
      }
    }
    return [{...input, data: result} as typeof input];
  };
};

function summedWide(
  from: BigInt64Array | BigUint64Array,
  lines: readonly (readonly number[])[],
  exclusive: boolean,
): BigInt64Array | BigUint64Array {
  const result = from.slice();
  for (const line of lines) {
    let sum = 0n;
    for (const at of line) {
      const element = from[at] ?? 0n;
      result[at] = exclusive ? sum : sum + element;
      sum += element;
    }
  }
  return result;
}
