import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {intsAttribute} from '../../network/node-attribute.js';
import {operationType} from '../../network/operation-names.js';

/**
 * An operation that gives the same elements whether a tensor is quantised before it or behind it:
 * it moves or chooses elements, or finds the largest, and quantisation keeps their order.
 */
export interface MovingOperation {
  /** Which inputs hold the elements that it moves. */
  readonly data: readonly number[];
  /** Whether it makes as many elements as it reads, so that none is quantised in vain. */
  readonly keepsCount: boolean;
  /** Where an axis of its input lies in its output; undefined where that is not known. */
  axisBehind(axis: number): number | undefined;
  /** The other way round. */
  axisBefore(axis: number): number | undefined;
}

const nowhere = {axisBehind: () => undefined, axisBefore: () => undefined} as const;
const first = {data: [0], ...nowhere} as const;

/** Since which operator set each moves 8-bit integers, and whether it keeps the count. */
const movers: Readonly<Record<string, readonly [since: number, keepsCount: boolean]>> = {
  Reshape: [5, true],
  Flatten: [9, true],
  Squeeze: [1, true],
  Unsqueeze: [1, true],
  Identity: [1, true],
  // Quantised beforehand, the largest element is the same one; there are fewer behind it.
  MaxPool: [12, true],
  Slice: [10, false],
  Gather: [1, false],
  Split: [2, false],
};

/** Undefined for any other operation. `opset` is the version of ONNX's operator set. */
export function movingOperation(node: NodeProto, opset: number): MovingOperation | undefined {
  const type = operationType(node);
  if (type === 'Transpose') return transposing(node);
  if (type === 'Concat' && opset >= 4) {
    return {data: [...node.input.keys()], keepsCount: true, ...nowhere};
  }
  const mover = Object.hasOwn(movers, type) ? movers[type] : undefined;
  if (mover === undefined || opset < mover[0]) return undefined;
  const hasIndices = type === 'MaxPool' && (node.output[1] ?? '') !== '';
  return hasIndices ? undefined : {...first, keepsCount: mover[1]};
}

function transposing(node: NodeProto): MovingOperation {
  const permutation = intsAttribute(node, 'perm');
  return {
    data: [0],
    keepsCount: true,
    axisBehind: axis => {
      const at = permutation?.indexOf(axis < 0 ? axis + permutation.length : axis) ?? -1;
      return at < 0 ? undefined : at;
    },
    axisBefore: axis => permutation?.at(axis),
  };
}
