import {indexTensor, narrow} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {aroundAxis, axisOf} from '../../../src/plugin/graph/shapes.js';
import {required} from './required.js';

export const argMax = argExtreme((a, b) => a > b);
export const argMin = argExtreme((a, b) => a < b);

/** Where along an axis the element lies than which none is `better`. */
function argExtreme(better: (a: number, b: number) => boolean): KernelBuilder {
  return ({attributes}) => {
    const [axis, keep] = [attributes.int('axis', 0), attributes.flag('keepdims', true)];
    const last = attributes.flag('select_last_index', false);
    const wins = last ? (a: number, b: number) => !better(b, a) : better;
    return inputs => {
      const input = required(inputs, 0);
      const {shape} = input;
      const at = axisOf(axis, shape.length);
      const data = narrow(input);
      const positions = search(data, aroundAxis(shape, at), wins);
      const result = keep ? shape.with(at, 1) : shape.toSpliced(at, 1);
      return [indexTensor(result, positions)];
    };
  };
}

function search(
  data: ArrayLike<number>,
  [outer, size, inner]: readonly [number, number, number],
  wins: (a: number, b: number) => boolean,
): readonly number[] {
  const positions: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const element = (index: number) => data[(o * size + index) * inner + i] ?? 0;
      let best = 0;
      for (let index = 1; index < size; index++) {
        if (wins(element(index), element(best))) best = index;
      }
      positions.push(best);
    }
  }
  return positions;
}
