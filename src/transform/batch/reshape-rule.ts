import {intAttribute} from '../../network/node-attribute.js';
import type {BatchRule} from './batched-node.js';

/**
 * Reshape keeps requests apart if its result's first axis is the batch still. A shape that says 1
 * there, the batch of a request that is alone, is made to say 0: as many as the input has.
 */
export const reshapeRule: BatchRule = of => {
  const shape = of.constantOf(1);
  if (shape === undefined) return 'its shape is computed';
  const dims = Array.from(shape.data as ArrayLike<bigint>);
  const [first] = dims;
  if (first === 0n && intAttribute(of.node, 'allowzero', 0) === 0) return undefined;
  if (first !== 1n && first !== -1n) return 'it joins the batch with other axes';
  if (first === -1n) {
    const alone = of.outputFirst === 1 || typeof of.outputFirst === 'string';
    return alone && !dims.slice(1).includes(0n) ? undefined : 'it joins the batch with other axes';
  }
  if (intAttribute(of.node, 'allowzero', 0) !== 0) return 'it takes 0 for a size';
  const data = BigInt64Array.from([0n, ...dims.slice(1)]);
  return {input: 1, values: {type: 'i64', shape: [data.length], data}};
};
