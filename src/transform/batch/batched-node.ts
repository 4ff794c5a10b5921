import type {ValueInfo} from '../../../schemas/network-graph.js';
import type {TensorData} from '../../../schemas/tensor.js';
import type {NodeProto} from '../../network/generated/onnx_pb.js';

/** A node as the trace of the batch sees it. */
export interface BatchedNode {
  readonly node: NodeProto;
  readonly type: string;
  readonly opset: number;
  /** For each input whether it holds one item for each request, along its first axis. */
  readonly batched: readonly boolean[];
  /** Rank of an input, by position; undefined if it is left out or not known. */
  rankOf(input: number): number | undefined;
  /** First dimension of an input that is the same for all requests. */
  firstDimensionOf(input: number): number | undefined;
  /** Values of an input that is an initializer or a Constant; undefined for others. */
  constantOf(input: number): TensorData | undefined;
  /** Rank of the first output. */
  readonly outputRank: number | undefined;
  /** First dimension of the first output where a request is alone. */
  readonly outputFirst: number | string | undefined;
}

/** A rule's finding: nothing against it, a reason why not, or other values for an input. */
export type BatchFinding =
  | undefined
  | string
  | {readonly input: number; readonly values: TensorData<'i64'>};

/** Whether a node keeps requests apart that come as one batch. */
export type BatchRule = (of: BatchedNode) => BatchFinding;

export type Values = ReadonlyMap<string, ValueInfo>;
