import {intAttribute, intsAttribute} from '../../network/node-attribute.js';
import {
  type BatchedNode,
  type BatchFinding,
  type BatchRule,
  countsRows,
  fromFront,
  unknownRank,
} from './batched-node.js';
import {
  type Count,
  hasRows,
  numberOf,
  numberTerm,
  oneTerm,
  product,
  productOf,
  quotient,
  sameCount,
  sizeTerm,
  type Term,
} from './count.js';
import {type Rows, rows} from './meaning.js';

const joins = 'it joins the batch with other axes';

/** A Reshape of rows: what is before the batch, how much of it there is, and what is asked for. */
interface Reshaping {
  readonly of: BatchedNode;
  readonly data: Rows;
  readonly dims: readonly Term[];
  /** Sizes of the result; a size that is copied is filled in. -1 stands for what is left. */
  readonly target: readonly Count[];
}

/**
 * Reshape keeps requests apart if the elements before the batch's axis stay before it, and the new
 * axis is a multiple of the rows: because the order of elements does not change, each request's are
 * together then as they were. So it is if the shape names the number of rows there, or leaves that
 * axis over. Where every request has one row, a shape of constants means that row by what it says
 * there, and is made to leave it over instead.
 */
export const reshapeRule: BatchRule = of => {
  const [data, shape] = [of.input(0), of.input(1)];
  if (data?.kind !== 'rows') return 'its shape depends on the request';
  const dims = of.dimsOf(0);
  if (dims === undefined) return unknownRank;
  const said = intsAttribute(of.node, 'shape')?.map(numberTerm);
  if (said === undefined && shape?.kind === 'rows') return 'its shape depends on the request';
  const sizes = said ?? (shape?.kind === 'counts' ? shape.counts : undefined);
  if (sizes === undefined) return 'its shape is computed from what is not known';
  const copies = intAttribute(of.node, 'allowzero', 0) === 0;
  const target = sizes.map((size, at) => (copies && numberOf(size) === 0 ? dims[at] : size));
  if (!target.every(size => size !== undefined)) return joins;
  const reshaping = {of, data, dims, target};
  if (target.some(hasRows)) return byName(reshaping);
  const constant = of.single ? byConstant(reshaping) : undefined;
  return constant ?? byRest(reshaping) ?? joins;
};

/** The shape names the number of rows. */
function byName({data, dims, target}: Reshaping): BatchFinding {
  const axis = target.findIndex(hasRows);
  const found = target[axis];
  if (found === 'mixed' || found === undefined) return countsRows;
  if (target.filter(hasRows).length > 1 || mayCopy({data, target}, axis)) return joins;
  if (!keepsBefore({data, dims, target}, axis)) return joins;
  const times = {...found, rows: 0} as const;
  return rows(axis, times, sizesOf({data, dims, target}, axis, times));
}

/** The shape leaves over the axis of the batch. */
function byRest({of, data, dims, target}: Reshaping): BatchFinding | undefined {
  const axis = target.findIndex(isRest);
  if (axis < 0 || mayCopy({data, target}, axis)) return undefined;
  if (!keepsBefore({data, dims, target}, axis)) return undefined;
  const has = productOf([data.times, ...dims.slice(data.axis + 1)]);
  const asked = productOf(target.slice(axis + 1));
  const times = has && asked && quotient(has, asked);
  const sizes = target.map(size => (size === 'mixed' ? undefined : size));
  return rows(axis, times ?? sizeTerm(`rows of ${of.node.output[0]}`), sizes);
}

/** Sizes of the result; what is left over, and is not the batch, by division. */
function sizesOf(
  {data, dims, target}: Pick<Reshaping, 'data' | 'dims' | 'target'>,
  axis: number,
  times: Term,
): readonly (Term | undefined)[] {
  const had = productOf([data.times, ...dims.filter((_, at) => at !== data.axis)]);
  const others = target.filter((size, at) => at !== axis && !isRest(size));
  const has = productOf([times, ...others]);
  return target.map(size => {
    if (isRest(size)) return had && has && quotient(had, has);
    return size === 'mixed' ? undefined : size;
  });
}

/** The shape is of one row, and of constants: it is given one that leaves the batch over. */
function byConstant({of, data, dims, target}: Reshaping): BatchFinding | undefined {
  const alone = [data.times, ...dims.filter((_, at) => at !== data.axis)];
  const size = numberOf(productOf(alone));
  const sizes = filledSizes(target, size);
  if (sizes === undefined || intsAttribute(of.node, 'shape') !== undefined) return undefined;
  const filled = {data, dims, target: sizes.map(numberTerm)};
  const axis = [data.axis, ...sizes.keys()].find(each => keepsBefore(filled, each));
  const times = sizes[axis ?? sizes.length];
  if (axis === undefined || times === undefined || times === -1) return undefined;
  const isCopy = size === undefined;
  // What is left over may be anything if other sizes are not known; a copy is the batch or fails.
  if (isCopy && (axis !== data.axis || numberOf(data.times) !== times)) return undefined;
  if (isCopy && intAttribute(of.node, 'allowzero', 0) !== 0) return 'it takes 0 for a size';
  const values = sizes.map((each, at) => (at !== axis ? each : isCopy ? 0 : -1));
  return {
    means: rows(
      axis,
      numberTerm(times),
      sizes.map(each => (each > 0 ? numberTerm(each) : undefined)),
    ),
    input: 1,
    values: {type: 'i64', shape: [values.length], data: BigInt64Array.from(values, BigInt)},
  };
}

/** Sizes from 1, and -1 where it is not known what is left; undefined if they are not known to fit. */
function filledSizes(
  target: readonly Count[],
  size: number | undefined,
): readonly number[] | undefined {
  const given = target.map(numberOf);
  if (!given.every(each => each !== undefined)) return undefined;
  const known = given.filter(each => each !== -1).reduce((all, each) => all * each, 1);
  const sizes = given.map(each => (each === -1 && size !== undefined ? size / known : each));
  const all = sizes.reduce((product, each) => product * each, 1);
  if (size !== undefined && all !== size) return undefined;
  const isWhole = (each: number) => Number.isSafeInteger(each) && (each > 0 || each === -1);
  return sizes.every(isWhole) ? sizes : undefined;
}

/** Whether a size that turns out to be 0 would be copied from the axis of the batch. */
function mayCopy({data, target}: Pick<Reshaping, 'data' | 'target'>, axis: number): boolean {
  const copied = target[data.axis];
  return axis !== data.axis && copied !== undefined && !numberOf(copied);
}

/** Whether as many elements are before `axis` of the result as there are before the batch. */
function keepsBefore(
  {data, dims, target}: Pick<Reshaping, 'data' | 'dims' | 'target'>,
  axis: number,
): boolean {
  if (axis >= target.length || target.slice(0, axis).some(isRest)) return false;
  const [had, has] = [productOf(dims.slice(0, data.axis)), productOf(target.slice(0, axis))];
  return sameCount(had, has);
}

function isRest(size: Count): boolean {
  return numberOf(size) === -1;
}

/** Flatten: the batch must be where its result is cut, or after or before axes of one element. */
export const flattenRule: BatchRule = of => {
  const data = of.input(0);
  const dims = of.dimsOf(0);
  if (data?.kind !== 'rows' || dims === undefined) return unknownRank;
  const cut = fromFront(intAttribute(of.node, 'axis', 1), dims.length);
  const [axis, from, to] = cut > data.axis ? [0, 0, cut] : [1, cut, dims.length];
  const before = productOf(dims.slice(from, data.axis));
  if (!sameCount(before, oneTerm)) return joins;
  const after = productOf(dims.slice(data.axis + 1, to));
  const times = after && product(data.times, after);
  const sizes = [productOf(dims.slice(0, cut)), productOf(dims.slice(cut))];
  return rows(axis, times ?? sizeTerm(`rows of ${of.node.output[0]}`), sizes);
};
