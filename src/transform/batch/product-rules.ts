import {intAttribute} from '../../network/node-attribute.js';
import {type BatchedNode, type BatchRule, countsRows, unknownRank} from './batched-node.js';
import {broadcastSizes} from './broadcast-sizes.js';
import {numberOf, sameCount, type Term} from './count.js';
import {isSame, type Rows, rows} from './meaning.js';

const ownBatch = 'an operand has values for a batch of its own';
const alignsOtherwise = 'it aligns the batch with another axis';

/** Broadcasts its operands, each element of the result made of elements in its place. */
export const broadcast: BatchRule = of => {
  const ranks = of.node.input.map((_, at) => of.rankOf(at));
  if (!ranks.every(rank => rank !== undefined)) return unknownRank;
  const wide = Math.max(...ranks);
  let found: Rows | undefined;
  for (const [at, rank] of ranks.entries()) {
    const operand = of.input(at);
    if (!isSame(operand) && operand?.kind !== 'rows') return countsRows;
    if (operand?.kind !== 'rows') continue;
    const placed = rows(operand.axis + wide - rank, operand.times);
    if (found !== undefined && !isAlike(found, placed)) return alignsOtherwise;
    found = placed;
  }
  if (found === undefined) return countsRows;
  const {axis} = found;
  const own = ranks.some((rank, at) => {
    return of.input(at)?.kind !== 'rows' && !isOneAt(of, at, axis - wide + rank);
  });
  const sizes = broadcastSizes(ranks.map((_, at) => of.dimsOf(at)));
  return own ? ownBatch : rows(axis, found.times, sizes);
};

function isAlike(a: Rows, b: Rows): boolean {
  return a.axis === b.axis && sameCount(a.times, b.times);
}

/** Whether an operand has one element along an axis, or no such axis. */
function isOneAt(of: BatchedNode, at: number, axis: number): boolean {
  return axis < 0 || numberOf(of.dimsOf(at)?.[axis]) === 1;
}

/** All axes but the last two broadcast; rows or columns may be the batch, what is summed over not. */
export const matMul: BatchRule = of => {
  const [a, b] = [of.input(0), of.input(1)];
  const [rankA, rankB] = [of.rankOf(0), of.rankOf(1)];
  if (rankA === undefined || rankB === undefined) return unknownRank;
  const others = of.node.input.slice(2).map((_, at) => of.input(at + 2));
  if (!others.every(isSame)) return 'its zero points depend on the request';
  if (a?.kind === 'rows' && b?.kind === 'rows') {
    const [rightA, rightB] = [rankA - a.axis, rankB - b.axis];
    const apart = rightA === rightB && rightA > 2 && sameCount(a.times, b.times);
    return apart
      ? rows(Math.max(rankA, rankB) - rightA, a.times)
      : 'it multiplies requests together';
  }
  if (!isSame(a) && !isSame(b)) return countsRows;
  if (a?.kind === 'rows') return left(of, a, [rankA, rankB]);
  return b?.kind === 'rows' ? right(of, b, [rankA, rankB]) : countsRows;
};

/** Of operands of two axes or more. */
function productSizes(of: BatchedNode): readonly (Term | undefined)[] | undefined {
  const [a, b] = [of.dimsOf(0), of.dimsOf(1)];
  if (a === undefined || b === undefined) return undefined;
  return [...broadcastSizes([a.slice(0, -2), b.slice(0, -2)]), a.at(-2), b.at(-1)];
}

/** Rows times what is the same for all. */
function left(
  of: BatchedNode,
  {axis, times}: Rows,
  [rank, other]: readonly [number, number],
): Rows | string {
  if (axis === rank - 1) return 'it sums over the batch';
  if (!isSame(of.input(1))) return countsRows;
  if (other === 1) return rows(axis, times);
  if (axis < rank - 2 && !isOneAt(of, 1, axis - rank + other)) return ownBatch;
  return rows(axis + Math.max(rank, other) - rank, times, productSizes(of));
}

/** What is the same for all times rows. */
function right(
  of: BatchedNode,
  {axis, times}: Rows,
  [other, rank]: readonly [number, number],
): Rows | string {
  if (axis === Math.max(rank - 2, 0)) return 'it sums over the batch';
  if (!isSame(of.input(0))) return countsRows;
  if (other === 1) return rows(axis === rank - 1 ? axis - 1 : axis, times);
  if (axis < rank - 2 && !isOneAt(of, 0, axis - rank + other)) return ownBatch;
  return rows(axis + Math.max(rank, other) - rank, times, productSizes(of));
}

export const gemm: BatchRule = of => {
  const [a, b, c] = [of.input(0), of.input(1), of.input(2)];
  if (a?.kind !== 'rows' || b?.kind === 'rows') return 'its weights depend on the request';
  if (!isSame(b)) return countsRows;
  if (a.axis !== (intAttribute(of.node, 'transA', 0) === 0 ? 0 : 1))
    return 'it sums over the batch';
  if (c?.kind === 'rows') {
    const apart = of.rankOf(2) === 2 && c.axis === 0 && sameCount(a.times, c.times);
    return apart ? rows(0, a.times) : alignsOtherwise;
  }
  if (!isSame(c)) return countsRows;
  if (c !== undefined && of.rankOf(2) === undefined) return unknownRank;
  return of.rankOf(2) === 2 && !isOneAt(of, 2, 0) ? ownBatch : rows(0, a.times);
};
