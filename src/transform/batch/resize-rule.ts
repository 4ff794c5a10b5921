import {intsAttribute} from '../../network/node-attribute.js';
import {
  type BatchedNode,
  type BatchRule,
  countsRows,
  fromFront,
  unknownRank,
} from './batched-node.js';
import {rowsTimes, sameCount} from './count.js';
import {isSame, type Rows, rows} from './meaning.js';

/** Resize, and Upsample before it: the batch must keep its size. */
export const resize: BatchRule = of => {
  const input = of.input(0);
  const rank = of.rankOf(0);
  if (input?.kind !== 'rows') return 'its scales depend on the request';
  const data = rows(input.axis, input.times);
  if (rank === undefined) return unknownRank;
  const mode = of.node.attribute.find(({name}) => name === 'coordinate_transformation_mode');
  if (mode !== undefined && new TextDecoder().decode(mode.s) === 'tf_crop_and_resize') {
    return 'it crops by a region that may cut the batch';
  }
  const given = intsAttribute(of.node, 'axes')?.map(axis => fromFront(axis, rank));
  const at = given === undefined ? data.axis : given.indexOf(data.axis);
  const others = of.node.input.slice(1).map((_, other) => of.input(other + 1));
  if (at < 0) return others.every(isSame) ? data : countsRows;
  return keepsAt(of, data, at);
};

function keepsAt(of: BatchedNode, data: Rows, at: number): Rows | string {
  const isUpsample = of.type === 'Upsample' || of.opset < 11;
  const scales = of.constantOf(isUpsample ? 1 : 2);
  if (scales !== undefined && scales.data.length > 0) {
    return Number(scales.data[at]) === 1 ? data : 'it scales the batch';
  }
  const sizes = of.input(3);
  if (sizes?.kind !== 'counts') return 'its scales are computed';
  const others = sizes.counts.filter((_, other) => other !== at);
  if (!isSame({...sizes, counts: others})) return countsRows;
  return sameCount(sizes.counts[at], rowsTimes(data.times)) ? data : 'it scales the batch';
}
