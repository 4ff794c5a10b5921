import type {TensorData} from '../../../schemas/tensor.js';
import type {NodeProto} from '../../network/generated/onnx_pb.js';
import {numberOf, type Term} from './count.js';
import {isSame, type Meaning, type Rows, rows} from './meaning.js';

/** A node as the trace of the batch sees it. */
export interface BatchedNode {
  readonly node: NodeProto;
  readonly type: string;
  readonly opset: number;
  /** Whether every request is known to have one row: then a 1 in a shape may mean the batch. */
  readonly single: boolean;
  /** Whether all that it reads and makes first are whole numbers or booleans: nothing is rounded. */
  readonly whole: boolean;
  /** What an input is to the batch, by position; undefined if it is left out. */
  input(at: number): Meaning | undefined;
  /** Rank of an input; undefined if it is left out or not known. */
  rankOf(at: number): number | undefined;
  /** Values of an input that is an initializer or a Constant; undefined for others. */
  constantOf(at: number): TensorData | undefined;
  /** Dimensions of an input, rows of the batch included; undefined if its rank is not known. */
  dimsOf(at: number): readonly Term[] | undefined;
}

/** Other values for an input. */
export interface GivenInput {
  readonly means: Rows;
  readonly input: number;
  readonly values: TensorData<'i64'>;
}

/** What the outputs are (one for all, or one for each), or a reason why a batch cannot have it. */
export type BatchFinding = Meaning | readonly Meaning[] | GivenInput | string;

/** What a node makes of the rows of a batch. */
export type BatchRule = (of: BatchedNode) => BatchFinding;

export const countsRows = 'it computes with the number of requests';
export const unknownRank = 'the rank of an operand is unknown';

/** Rows in the first input, all others the same for every request; else the reason. */
export function rowsAlone(of: BatchedNode): Rows | string {
  const data = of.input(0);
  for (const at of of.node.input.keys()) {
    const other = of.input(at);
    if (at === 0 || isSame(other)) continue;
    return other?.kind === 'rows' ? 'its weights depend on the request' : countsRows;
  }
  // Its sizes are those of the input, which the output may not have.
  return data?.kind === 'rows' ? rows(data.axis, data.times) : 'its weights depend on the request';
}

/** A rule of an operation whose output has the shape of its first input. */
export function keepsShape(rule: BatchRule): BatchRule {
  return of => {
    const found = rule(of);
    if (of.node.output.length > 1 || typeof found === 'string') return found;
    const dims = of.dimsOf(0);
    if (!('kind' in found) || found.kind !== 'rows' || dims === undefined) return found;
    return rows(found.axis, found.times, dims);
  };
}

/** The numbers in an input; undefined if it is left out, or one of them is not known. */
export function numbersOf(of: BatchedNode, at: number): readonly number[] | undefined {
  const meaning = of.input(at);
  if (meaning?.kind !== 'counts') return undefined;
  const numbers = meaning.counts.map(numberOf);
  return numbers.every(number => number !== undefined) ? numbers : undefined;
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Bounds of ranges, each if it is known; they are clamped, so large ones need not be exact. */
export function boundsOf(of: BatchedNode, at: number): readonly (number | undefined)[] | undefined {
  const constant = of.constantOf(at);
  if (constant !== undefined && constant.type !== 'string')
    return Array.from(constant.data, Number);
  const meaning = of.input(at);
  return meaning?.kind === 'counts' ? meaning.counts.map(numberOf) : undefined;
}
