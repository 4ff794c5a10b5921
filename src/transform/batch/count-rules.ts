import {elementTypeOfOnnx} from '../../../schemas/element-type.js';
import {intAttribute, intsAttribute} from '../../network/node-attribute.js';
import {type BatchedNode, type BatchRule, countsRows, unknownRank} from './batched-node.js';
import {anyTerm, type Count, hasRows, numberOf, productOf, sizeTerm} from './count.js';
import {countElements, elementTypes} from './count-elements.js';
import {countMoves} from './count-moves.js';
import {counts, elementsMax, isSame, type Meaning, same} from './meaning.js';
import {expand, filled, range, tile} from './spread-rules.js';

/** The dimensions of a value as a value, of rows too. */
export const shapeRule: BatchRule = of => {
  const dims = of.dimsOf(0);
  if (dims === undefined) return of.input(0)?.kind === 'rows' ? unknownRank : same(1);
  const [start, end] = [
    intAttribute(of.node, 'start', 0),
    intAttribute(of.node, 'end', dims.length),
  ];
  const taken = dims.slice(start, end);
  return counts([taken.length], taken);
};

/** How many elements a value has, of rows too. */
export const sizeRule: BatchRule = of => {
  const dims = of.dimsOf(0);
  const size = productOf(dims ?? ['mixed']);
  if (size !== undefined) return counts([], [size]);
  const isKnown = of.input(0)?.kind !== 'rows';
  return counts([], [isKnown ? sizeTerm(`${of.node.output[0]}`) : 'mixed']);
};

const moved: BatchRule = of => {
  const data = of.input(0);
  const others = of.node.input.slice(1).map((_, at) => of.input(at + 1));
  const found = data?.kind === 'counts' ? countMoves[of.type]?.(of, data) : undefined;
  if (found !== undefined) return found;
  return isSame(data) && others.every(isSame) ? same() : countsRows;
};

const concat: BatchRule = of => {
  const parts = of.node.input.map((_, at) => of.input(at));
  const flat = parts.every(part => part?.kind === 'counts' && part.shape.length === 1);
  const all = parts.flatMap(part => (part?.kind === 'counts' ? part.counts : []));
  if (flat && all.length <= elementsMax) return counts([all.length], all);
  return parts.every(isSame) ? same() : countsRows;
};

const split: BatchRule = of => {
  const data = of.input(0);
  const count = of.node.output.length;
  const sizes = intsAttribute(of.node, 'split') ?? splitSizes(of);
  if (data?.kind !== 'counts' || data.shape.length !== 1) return isSame(data) ? same() : countsRows;
  const each = sizes ?? new Array<number>(count).fill(data.counts.length / count);
  if (each.some(size => !Number.isSafeInteger(size))) return isSame(data) ? same(1) : countsRows;
  let from = 0;
  return each.map((size): Meaning => {
    from += size;
    return counts([size], data.counts.slice(from - size, from));
  });
};

function splitSizes(of: BatchedNode): readonly number[] | undefined {
  const meaning = of.input(1);
  if (meaning === undefined) return undefined;
  return meaning.kind === 'counts'
    ? meaning.counts.map(count => numberOf(count) ?? Number.NaN)
    : [Number.NaN];
}

/** Names of element types that hold every size. */
const exactTypes: ReadonlySet<string> = new Set(['i64', 'i32']);
const wholeMax = 2 ** 31 - 1;

const cast: BatchRule = of => {
  const data = of.input(0);
  if (data?.kind !== 'counts') return same(of.rankOf(0));
  const type = elementTypeOfOnnx(intAttribute(of.node, 'to', 0)) ?? '';
  const keeps = (count: Count) => Math.abs(numberOf(count) ?? 0) <= wholeMax || type === 'i64';
  const exact = of.whole && exactTypes.has(type);
  const elements = data.counts.map((count, at): Count => {
    if (exact && keeps(count)) return count;
    return hasRows(count) ? 'mixed' : anyTerm(`${of.node.output[0]}[${at}]`);
  });
  return counts(data.shape, elements);
};

const reduceProduct: BatchRule = of => {
  const data = of.input(0);
  if (data?.kind !== 'counts' || data.shape.length !== 1) return isSame(data) ? same() : countsRows;
  const rank = intAttribute(of.node, 'keepdims', 1) === 0 ? 0 : 1;
  const whole = of.whole && intAttribute(of.node, 'noop_with_empty_axes', 0) === 0;
  const result = whole ? productOf(data.counts) : undefined;
  if (result !== undefined) return counts(new Array<number>(rank).fill(1), [result]);
  return isSame(data) ? same() : countsRows;
};

/** By operation, where no input holds rows of the batch. What is not here reads no counts of rows. */
export const countRules: ReadonlyMap<string, BatchRule> = new Map([
  ...elementTypes.map((type): [string, BatchRule] => [type, countElements]),
  ...Object.keys(countMoves).map((type): [string, BatchRule] => [type, moved]),
  ['Shape', shapeRule],
  ['Size', sizeRule],
  ['Concat', concat],
  ['Split', split],
  ['Cast', cast],
  ['ReduceProd', reduceProduct],
  ['Expand', expand],
  ['Tile', tile],
  ['ConstantOfShape', filled],
  ['Range', range],
]);
