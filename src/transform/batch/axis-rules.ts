import {intAttribute, intsAttribute} from '../../network/node-attribute.js';
import {
  type BatchedNode,
  type BatchRule,
  boundsOf,
  countsRows,
  fromFront,
  numbersOf,
  rowsAlone,
  unknownRank,
} from './batched-node.js';
import {numberOf, oneTerm, sameCount} from './count.js';
import {isSame, type Rows, rows} from './meaning.js';

const worksAlong = 'it works along the batch';

/** Works along one axis, which must not be the batch. */
export function alongAxis(otherwise: number): BatchRule {
  return byAxis(otherwise, (axis, batch) => axis === batch);
}

/** Works along all axes from one on, which must be behind the batch. */
export function alongAxesFrom(otherwise: number): BatchRule {
  return byAxis(otherwise, (axis, batch) => axis <= batch);
}

/** `mixes`: whether work at `axis` is along the axis of the batch. */
function byAxis(otherwise: number, mixes: (axis: number, batch: number) => boolean): BatchRule {
  return of => {
    const data = rowsAlone(of);
    if (typeof data === 'string') return data;
    const rank = of.rankOf(0);
    if (rank === undefined) return unknownRank;
    const axis = fromFront(intAttribute(of.node, 'axis', otherwise), rank);
    return mixes(axis, data.axis) ? worksAlong : data;
  };
}

/** Softmax works along all axes from `axis` on before opset 13, along one since. */
export const softmax: BatchRule = of => (of.opset < 13 ? alongAxesFrom(1) : alongAxis(-1))(of);

/** Works along axes, of an attribute or, from some opset on, of an input. */
export const reduce: BatchRule = of => {
  const data = rowsAlone(of);
  if (typeof data === 'string') return data;
  const given = intsAttribute(of.node, 'axes') ?? numbersOf(of, 1);
  if (given === undefined && of.input(1) !== undefined) return 'its axes are computed';
  const none = given === undefined || given.length === 0;
  if (none && intAttribute(of.node, 'noop_with_empty_axes', 0) !== 0) return data;
  if (none) return 'it works along all axes, the batch too';
  return reduced(of, data, given);
};

function reduced(of: BatchedNode, data: Rows, given: readonly number[]): Rows | string {
  const rank = of.rankOf(0);
  if (rank === undefined) return unknownRank;
  const axes = given.map(axis => fromFront(axis, rank));
  if (axes.includes(data.axis)) return worksAlong;
  const dims = of.dimsOf(0);
  if (intAttribute(of.node, 'keepdims', 1) !== 0) {
    const sizes = dims?.map((size, at) => (axes.includes(at) ? oneTerm : size));
    return rows(data.axis, data.times, sizes);
  }
  const sizes = dims?.filter((_, at) => !axes.includes(at));
  return rows(data.axis - new Set(axes.filter(axis => axis < data.axis)).size, data.times, sizes);
}

/** ArgMax and ArgMin. */
export const findAlong: BatchRule = of => {
  const data = rowsAlone(of);
  return typeof data === 'string' ? data : reduced(of, data, [intAttribute(of.node, 'axis', 0)]);
};

/** CumSum, whose axis is an input. */
export const cumulate: BatchRule = of => {
  const data = rowsAlone(of);
  if (typeof data === 'string') return data;
  const [axis] = numbersOf(of, 1) ?? [];
  const rank = of.rankOf(0);
  if (axis === undefined || rank === undefined) return 'its axis is computed';
  return fromFront(axis, rank) === data.axis ? worksAlong : data;
};

/** Works on the matrices that the last two axes are. */
export const onMatrices: BatchRule = of => {
  const data = rowsAlone(of);
  if (typeof data === 'string') return data;
  const rank = of.rankOf(0);
  if (rank === undefined) return unknownRank;
  return data.axis < rank - 2 ? data : worksAlong;
};

export const transpose: BatchRule = of => {
  const data = rowsAlone(of);
  const rank = of.rankOf(0);
  if (typeof data === 'string') return data;
  if (rank === undefined) return unknownRank;
  const perm = intsAttribute(of.node, 'perm');
  const axis = perm === undefined ? rank - 1 - data.axis : perm.indexOf(data.axis);
  const dims = of.dimsOf(0);
  const sizes = perm === undefined ? dims?.toReversed() : perm.map(from => dims?.[from]);
  return axis < 0 ? worksAlong : rows(axis, data.times, sizes);
};

export const unsqueeze: BatchRule = of => {
  const data = rowsAlone(of);
  if (typeof data === 'string') return data;
  const given = intsAttribute(of.node, 'axes') ?? numbersOf(of, 1);
  const own = of.rankOf(0);
  if (given === undefined || own === undefined) return 'its axes are computed';
  const rank = own + given.length;
  const added = given.map(axis => fromFront(axis, rank));
  const kept = Array.from({length: rank}, (_, at) => at).filter(at => !added.includes(at));
  const axis = kept[data.axis];
  const dims = of.dimsOf(0);
  const sizes = Array.from({length: rank}, (_, at) => {
    return added.includes(at) ? oneTerm : dims?.[kept.indexOf(at)];
  });
  return axis === undefined ? unknownRank : rows(axis, data.times, sizes);
};

export const squeeze: BatchRule = of => {
  const data = rowsAlone(of);
  if (typeof data === 'string') return data;
  const given = intsAttribute(of.node, 'axes') ?? numbersOf(of, 1);
  const rank = of.rankOf(0);
  if (given === undefined || rank === undefined) return 'its axes are not said';
  const gone = given.map(axis => fromFront(axis, rank));
  if (gone.includes(data.axis)) return 'it takes the batch away';
  const sizes = of.dimsOf(0)?.filter((_, at) => !gone.includes(at));
  return rows(data.axis - gone.filter(axis => axis < data.axis).length, data.times, sizes);
};

export const concat: BatchRule = of => {
  const all = of.node.input.map((_, at) => of.input(at));
  const parts = all.filter(part => part?.kind === 'rows');
  const [first] = parts;
  const rank = of.rankOf(0);
  if (first === undefined || parts.length < all.length) {
    return 'it joins the batch with what is the same for all';
  }
  if (rank === undefined) return unknownRank;
  if (fromFront(intAttribute(of.node, 'axis', 0), rank) === first.axis) return worksAlong;
  return parts.every(part => alike(part, first))
    ? rows(first.axis, first.times)
    : 'it joins batches along different axes';
};

/** Whether two values have their batch along the same axis, as often. */
export function alike(a: Rows, b: Rows): boolean {
  return a.axis === b.axis && sameCount(a.times, b.times);
}

export const gather: BatchRule = of => {
  const [data, indices] = [of.input(0), of.input(1)];
  const [rank, added] = [of.rankOf(0), of.rankOf(1)];
  if (rank === undefined || added === undefined) return unknownRank;
  const axis = fromFront(intAttribute(of.node, 'axis', 0), rank);
  if (indices?.kind === 'rows') {
    if (data?.kind === 'rows') return 'data and indices both depend on the request';
    return isSame(data) ? rows(axis + indices.axis, indices.times) : countsRows;
  }
  if (data?.kind !== 'rows' || !isSame(indices)) return countsRows;
  if (axis === data.axis) return worksAlong;
  return rows(data.axis < axis ? data.axis : data.axis - 1 + added, data.times);
};

/** GatherElements: each row of the indices takes from its own row of the data. */
export const gatherElements: BatchRule = of => {
  const [data, indices] = [of.input(0), of.input(1)];
  const rank = of.rankOf(0);
  if (rank === undefined) return unknownRank;
  if (data?.kind !== 'rows' || indices?.kind !== 'rows') {
    return 'only one of data and indices depends on the request';
  }
  if (fromFront(intAttribute(of.node, 'axis', 0), rank) === data.axis) return worksAlong;
  return alike(data, indices)
    ? rows(data.axis, data.times)
    : 'it aligns the batch with another axis';
};

export const oneHot: BatchRule = of => {
  const data = rowsAlone(of);
  const own = of.rankOf(0);
  if (typeof data === 'string') return data;
  if (own === undefined) return unknownRank;
  const axis = fromFront(intAttribute(of.node, 'axis', -1), own + 1);
  return axis > data.axis ? data : rows(data.axis + 1, data.times);
};

export const pad: BatchRule = of => {
  const data = rowsAlone(of);
  const rank = of.rankOf(0);
  if (typeof data === 'string') return data;
  if (rank === undefined) return unknownRank;
  const pads = intsAttribute(of.node, 'pads') ?? intsAttribute(of.node, 'paddings');
  const input = of.input(1);
  const axes = numbersOf(of, 3);
  if (axes === undefined && of.input(3) !== undefined) return 'its axes are computed';
  const padded = (axes ?? Array.from({length: rank}, (_, at) => at)).map(a => fromFront(a, rank));
  if (!padded.includes(data.axis)) return data;
  const counts = input?.kind === 'counts' ? input.counts.map(numberOf) : undefined;
  const all = pads ?? counts;
  if (all === undefined) return 'its pads are computed';
  const at = padded.lastIndexOf(data.axis);
  return all[at] === 0 && all[at + padded.length] === 0 ? data : 'it pads the batch';
};

/** Above every size: ranges that end here go to the end. */
const sizeMax = 2 ** 31 - 1;

export const slice: BatchRule = of => {
  const data = rowsAlone(of);
  const rank = of.rankOf(0);
  if (typeof data === 'string') return data;
  if (rank === undefined) return unknownRank;
  const starts = intsAttribute(of.node, 'starts') ?? boundsOf(of, 1);
  const ends = intsAttribute(of.node, 'ends') ?? boundsOf(of, 2);
  const steps = boundsOf(of, 4);
  if (of.input(4) !== undefined && steps === undefined) return 'its steps are computed';
  const given = intsAttribute(of.node, 'axes') ?? numbersOf(of, 3);
  if (given === undefined && (of.input(3) !== undefined || starts === undefined)) {
    return 'its axes are not said';
  }
  const axes = (given ?? [...(starts ?? []).keys()]).map(axis => fromFront(axis, rank));
  const takesAll = axes.every((axis, at) => {
    if (axis !== data.axis) return true;
    return starts?.[at] === 0 && Number(ends?.[at]) >= sizeMax && (steps?.[at] ?? 1) === 1;
  });
  return takesAll ? data : 'it takes a part of the batch';
};
