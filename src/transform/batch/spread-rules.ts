import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {
  type BatchedNode,
  type BatchFinding,
  type BatchRule,
  countsRows,
  unknownRank,
} from './batched-node.js';
import {broadcastSizes} from './broadcast-sizes.js';
import {constantMeaning, constantTensor} from './constant-meaning.js';
import {
  type Count,
  hasRows,
  numberOf,
  product,
  productOf,
  rowsTimes,
  sameCount,
  type Term,
} from './count.js';
import {counts, elementsMax, isSame, type Rows, rows, same} from './meaning.js';

const computedShape = 'its shape is computed from what is not known';

/** The one element that depends on the number of rows; undefined if none does, or several do. */
function rowElement(elements: readonly Count[]): readonly [number, Term] | undefined {
  const at = elements.findIndex(hasRows);
  const found = elements[at];
  const others = elements.filter((_, other) => other !== at);
  return found === undefined || found === 'mixed' || others.some(hasRows) ? undefined : [at, found];
}

/** What a size is, for all that is not the batch. */
const sizeOf = (count: Count): Term | undefined => {
  return count === 'mixed' || hasRows(count) ? undefined : count;
};

const withoutRows = ({factor, symbols}: Term): Term => ({factor, rows: 0, symbols});

/**
 * ConstantOfShape: all its elements are one number, so a batch of it is what each request has, one
 * behind the other along the axis that is as long as there are rows.
 */
export const filled: BatchRule = of => {
  const shape = of.input(0);
  if (shape?.kind !== 'counts') return isSame(shape) ? same() : computedShape;
  if (shape.counts.some(hasRows)) {
    const found = rowElement(shape.counts);
    if (found === undefined) return 'its shape has the number of requests in it more than once';
    return rows(found[0], withoutRows(found[1]), shape.counts.map(sizeOf));
  }
  const sizes = shape.counts.map(numberOf);
  const size = sizes.reduce<number>((all, each) => all * (each ?? elementsMax + 1), 1);
  const element = fillOf(of.node);
  const fits = size <= elementsMax && sizes.every(each => Number(each) >= 0);
  if (!fits || element === undefined) return same(sizes.length);
  return counts(
    sizes.map(each => each ?? 0),
    new Array<Count>(size).fill(element),
  );
};

/** What ConstantOfShape repeats; undefined if it does not say: then it is a floating-point 0. */
function fillOf(node: NodeProto): Count | undefined {
  if (node.attribute.every(({name}) => name !== 'value')) return undefined;
  const tensor = constantTensor(node);
  const meaning = tensor === undefined ? undefined : constantMeaning(tensor);
  return meaning?.kind === 'counts' ? meaning.counts[0] : undefined;
}

/** Expand: rows keep their batch; what is the same for all may be repeated for each row. */
export const expand: BatchRule = of => {
  const [data, shape] = [of.input(0), of.input(1)];
  if (shape?.kind !== 'counts') {
    return isSame(data) && isSame(shape) ? same() : computedShape;
  }
  const rank = of.rankOf(0);
  if (rank === undefined) return isSame(data) && isSame(shape) ? same() : unknownRank;
  if (data?.kind === 'rows') return expandRows(of, data, shape.counts);
  if (!isSame(data)) return countsRows;
  if (!shape.counts.some(hasRows)) return same(Math.max(rank, shape.counts.length));
  return repeatForRows(of, rank, shape.counts);
};

function expandRows(of: BatchedNode, data: Rows, shape: readonly Count[]): BatchFinding {
  const rank = of.rankOf(0) ?? 0;
  const wide = Math.max(rank, shape.length);
  const axis = data.axis + wide - rank;
  for (const [at, size] of shape.entries()) {
    if (at + wide - shape.length !== axis) {
      if (hasRows(size)) return 'it puts the batch behind another axis';
    } else if (numberOf(size) !== 1 && !sameCount(size, rowsTimes(data.times))) {
      return 'it repeats the batch';
    }
  }
  return rows(axis, data.times, expanded(of, shape));
}

/** Sizes that are known: each of two where the other is 1, or the same. */
function expanded(of: BatchedNode, shape: readonly Count[]): readonly (Term | undefined)[] {
  return broadcastSizes([of.dimsOf(0), shape.map(sizeOf)]);
}

function repeatForRows(of: BatchedNode, rank: number, shape: readonly Count[]): BatchFinding {
  const found = rowElement(shape);
  if (found === undefined) return 'its shape has the number of requests in it more than once';
  const [at, times] = found;
  const wide = Math.max(rank, shape.length);
  const axis = at + wide - shape.length;
  const own = of.dimsOf(0)?.[axis - wide + rank];
  if (axis >= wide - rank && numberOf(own) !== 1)
    return 'its data has values for a batch of its own';
  return rows(axis, withoutRows(times), expanded(of, shape));
}

/** Tile: rows keep their batch; what is the same for all may be repeated for each row. */
export const tile: BatchRule = of => {
  const [data, repeats] = [of.input(0), of.input(1)];
  if (isSame(data) && isSame(repeats)) return same();
  if (repeats?.kind !== 'counts') return computedShape;
  if (data?.kind === 'rows') {
    if (repeats.counts.some(hasRows)) return countsRows;
    const keeps = numberOf(repeats.counts[data.axis]) === 1;
    return keeps ? rows(data.axis, data.times, tiled(of, repeats.counts)) : 'it repeats the batch';
  }
  const found = rowElement(repeats.counts);
  if (!isSame(data) || found === undefined) return countsRows;
  const own = of.dimsOf(0)?.[found[0]];
  const times = own === undefined ? undefined : product(withoutRows(found[1]), own);
  return times === undefined
    ? 'the shape of its data is unknown'
    : rows(found[0], times, tiled(of, repeats.counts));
};

function tiled(of: BatchedNode, repeats: readonly Count[]): (Term | undefined)[] | undefined {
  return of.dimsOf(0)?.map((size, at) => productOf([size, repeats[at]]));
}

/** Range: the same for all, or it would count on from one request to the next. */
export const range: BatchRule = of => {
  const all = of.node.input.map((_, at) => of.input(at));
  return all.every(isSame) ? same(1) : 'it counts on from one request to the next';
};
