import type {ElementType, NumericType} from '../../schemas/element-type.js';
import type {TensorData} from '../../schemas/tensor.js';
import {invariant} from '../../src/errors.js';
import {
  isWide,
  type NarrowElements,
  narrow,
  newElements,
  type WideElements,
} from '../../src/plugin/graph/elements.js';
import {
  broadcastShape,
  broadcastStrides,
  offsetsOf,
  type Shape,
} from '../../src/plugin/graph/shapes.js';

/** How two elements become one, for each way in which elements are held. */
export interface Combination {
  number(a: number, b: number): number;
  /** For whole numbers, where they are combined in another way. */
  whole?(a: number, b: number): number;
  /** For 64-bit integers; without it the operation does not take them. */
  wide?(a: bigint, b: bigint): bigint;
}

/** Elements of `a` and `b` combined, both broadcast to one shape, as elements of `type`. */
export function broadcast(
  a: TensorData,
  b: TensorData,
  type: NumericType,
  combination: Combination,
): TensorData {
  const shape = broadcastShape(a.shape, b.shape);
  const [from, to] = [offsets(a.shape, shape), offsets(b.shape, shape)];
  const data = newElements(type, from.length);
  if (isWide(a.data) && isWide(b.data)) {
    const {wide} = combination;
    invariant(wide !== undefined, '64-bit integers are combined by a function of their own');
    combineWide(a.data, b.data, data, {from, to, combine: wide});
  } else {
    const combine = isWhole(a.type)
      ? (combination.whole ?? combination.number)
      : combination.number;
    combineNarrow(narrow(a), narrow(b), data as NarrowElements, {from, to, combine});
  }
  return {type, shape, data};
}

export function isWhole(type: ElementType): boolean {
  return type !== 'f32' && type !== 'f64';
}

function offsets(shape: Shape, to: Shape): Int32Array {
  return offsetsOf(to, broadcastStrides(shape, to));
}

interface Walk<Element> {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly combine: (a: Element, b: Element) => Element;
}

function combineNarrow(
  a: NarrowElements,
  b: NarrowElements,
  result: NarrowElements,
  {from, to, combine}: Walk<number>,
): void {
  for (let index = 0; index < from.length; index++) {
    result[index] = combine(a[from[index] ?? 0] ?? 0, b[to[index] ?? 0] ?? 0);
  }
}

function combineWide(
  a: WideElements,
  b: WideElements,
  result: NarrowElements | WideElements,
  {from, to, combine}: Walk<bigint>,
): void {
  const wide = isWide(result);
  for (let index = 0; index < from.length; index++) {
    const combined = combine(a[from[index] ?? 0] ?? 0n, b[to[index] ?? 0] ?? 0n);
    if (wide) result[index] = combined;
    else result[index] = Number(combined);
  }
}
