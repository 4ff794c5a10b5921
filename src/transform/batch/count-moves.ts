import {intAttribute, intsAttribute} from '../../network/node-attribute.js';
import type {BatchedNode} from './batched-node.js';
import {boundsOf, fromFront, numbersOf} from './batched-node.js';
import type {Count} from './count.js';
import {type Counts, counts, elementsMax} from './meaning.js';

/** What moves the elements of a small value; undefined if it is not known where they go. */
export type CountMove = (of: BatchedNode, data: Counts) => Counts | undefined;

const gather: CountMove = (of, data) => {
  const indices = of.input(1);
  const numbers = numbersOf(of, 1);
  if (indices?.kind !== 'counts' || numbers === undefined) return undefined;
  const axis = fromFront(intAttribute(of.node, 'axis', 0), data.shape.length);
  const taken = take(data, axis, numbers);
  if (taken === undefined) return undefined;
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
  return counts(shape, taken.counts);
};

const slice: CountMove = (of, data) => {
  const named = ['starts', 'ends', 'axes', 'steps'].map((name, at) => {
    return intsAttribute(of.node, name) ?? boundsOf(of, at + 1);
  });
  const [starts, ends] = named;
  const left = (at: number) => of.input(at) === undefined;
  if (starts === undefined || ends === undefined) return undefined;
  if ((named[2] === undefined && !left(3)) || (named[3] === undefined && !left(4)))
    return undefined;
  let sliced: Counts | undefined = data;
  for (const [at, start] of starts.entries()) {
    const [end, axis, step] = [ends[at], named[2] ? named[2][at] : at, named[3] ? named[3][at] : 1];
    if ([start, end, axis].includes(undefined) || !step) return undefined;
    const front = fromFront(axis ?? 0, data.shape.length);
    const size: number | undefined = sliced?.shape[front];
    if (sliced === undefined || size === undefined) return undefined;
    sliced = take(sliced, front, slicePositions({start: start ?? 0, end: end ?? 0, step}, size));
  }
  return sliced;
};

/** As ONNX clamps: a range that goes backward ends before the first element. */
function slicePositions(
  {start, end, step}: {readonly start: number; readonly end: number; readonly step: number},
  size: number,
): readonly number[] {
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number) => Math.min(Math.max(fromFront(at, size), least), most);
  const first = Math.max(clamp(start), 0);
  const last = clamp(end);
  const positions: number[] = [];
  for (let at = first; step > 0 ? at < last : at > last; at += step) positions.push(at);
  return positions;
}

/** Other parts of a value along an axis; undefined if there is no such axis or position. */
function take(data: Counts, axis: number, positions: readonly number[]): Counts | undefined {
  const size = data.shape[axis];
  if (size === undefined) return undefined;
  const wanted = positions.map(at => fromFront(at, size));
  if (wanted.some(at => at < 0 || at >= size)) return undefined;
  const inner = data.shape.slice(axis + 1).reduce((all, each) => all * each, 1);
  const outer = data.shape.slice(0, axis).reduce((all, each) => all * each, 1);
  if (outer * wanted.length * inner > elementsMax) return undefined;
  const taken: Count[] = [];
  for (let block = 0; block < outer; block++) {
    for (const at of wanted) {
      const from = (block * size + at) * inner;
      taken.push(...data.counts.slice(from, from + inner));
    }
  }
  const shape = data.shape.map((each, at) => (at === axis ? wanted.length : each));
  return counts(shape, taken);
}

const transpose: CountMove = (of, {shape, counts: elements}) => {
  const perm = intsAttribute(of.node, 'perm') ?? shape.map((_, at) => shape.length - 1 - at);
  const moved = perm.map(axis => shape[axis] ?? 0);
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((all, each) => all * each, 1),
  );
  const order = elements.map((_, at) => {
    let [rest, from] = [at, 0];
    for (let axis = moved.length - 1; axis >= 0; axis--) {
      const size = moved[axis] ?? 1;
      from += (rest % size) * (strides[perm[axis] ?? 0] ?? 0);
      rest = Math.floor(rest / size);
    }
    return elements[from] ?? 'mixed';
  });
  return counts(moved, order);
};

/** Into a shape of known numbers. */
const reshape: CountMove = (of, data) => {
  const target = numbersOf(of, 1) ?? intsAttribute(of.node, 'shape');
  if (target === undefined) return undefined;
  const copies = intAttribute(of.node, 'allowzero', 0) === 0;
  const filled = target.map((size, at) => (size === 0 && copies ? (data.shape[at] ?? 0) : size));
  const known = filled.filter(size => size !== -1).reduce((all, size) => all * size, 1);
  const shape = filled.map(size => (size === -1 ? data.counts.length / known : size));
  const size = shape.reduce((all, each) => all * each, 1);
  const fits = size === data.counts.length && shape.every(each => each >= 0);
  return fits ? counts(shape, data.counts) : undefined;
};

const unsqueeze: CountMove = (of, data) => {
  const axes = intsAttribute(of.node, 'axes') ?? numbersOf(of, 1);
  if (axes === undefined) return undefined;
  const rank = data.shape.length + axes.length;
  const added = axes.map(axis => fromFront(axis, rank));
  const sizes = [...data.shape];
  const shape = Array.from({length: rank}, (_, at) => {
    return added.includes(at) ? 1 : (sizes.shift() ?? 1);
  });
  return counts(shape, data.counts);
};

const squeeze: CountMove = (of, data) => {
  const given = intsAttribute(of.node, 'axes') ?? numbersOf(of, 1);
  if (given === undefined && of.input(1) !== undefined) return undefined;
  const gone = given?.map(axis => fromFront(axis, data.shape.length));
  const shape = data.shape.filter((size, at) => (gone ? !gone.includes(at) : size !== 1));
  return counts(shape, data.counts);
};

const flatten: CountMove = (of, {shape, counts: elements}) => {
  const axis = fromFront(intAttribute(of.node, 'axis', 1), shape.length);
  const outer = shape.slice(0, axis).reduce((all, each) => all * each, 1);
  return counts([outer, outer === 0 ? 0 : elements.length / outer], elements);
};

/** By operation, for those that take their elements from their first input. */
export const countMoves: Readonly<Record<string, CountMove>> = {
  Identity: (_, data) => data,
  Gather: gather,
  Slice: slice,
  Transpose: transpose,
  Reshape: reshape,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Flatten: flatten,
};
