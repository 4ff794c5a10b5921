import {
  isText,
  isWide,
  type NarrowElements,
  narrow,
  newElements,
} from '../../../src/plugin/graph/elements.js';
import type {KernelBuilder} from '../../../src/plugin/graph/kernel.js';
import {broadcastShape, broadcastStrides, offsetsOf} from '../../../src/plugin/graph/shapes.js';
import {required} from './required.js';

/** `Where`: elements of the second input where the first holds, else of the third. */
export const where: KernelBuilder = () => inputs => {
  const [condition, yes, no] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)];
  const shape = broadcastShape(condition.shape, yes.shape, no.shape);
  const walk = (from: readonly number[]) => offsetsOf(shape, broadcastStrides(from, shape));
  const [at, atYes, atNo] = [walk(condition.shape), walk(yes.shape), walk(no.shape)];
  const holds = narrow(condition);
  const {type} = yes;
  const choose = <Element>(a: ArrayLike<Element>, b: ArrayLike<Element>, index: number) =>
    holds[at[index] ?? 0] ? a[atYes[index] ?? 0] : b[atNo[index] ?? 0];
  if (type === 'string' || isText(yes.data) || isText(no.data)) {
    const [a, b] = [yes.data as readonly string[], no.data as readonly string[]];
    return [{type: 'string', shape, data: Array.from(at, (_, index) => choose(a, b, index) ?? '')}];
  }
  const data = newElements(type, at.length);
  if (isWide(data) && isWide(yes.data) && isWide(no.data)) {
    for (let i = 0; i < at.length; i++) data[i] = choose<bigint>(yes.data, no.data, i) ?? 0n;
  } else {
    const [a, b, result] = [narrow(yes), narrow(no), data as NarrowElements];
    for (let i = 0; i < at.length; i++) result[i] = choose<number>(a, b, i) ?? 0;
  }
  return [{type, shape, data}];
};
