import type {ElementType} from '../../schemas/element-type.js';
import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {Dimension, TensorInfo} from '../../schemas/tensor.js';
import type {ModelProto} from './generated/onnx_pb.js';

/** What a file says of a network's output; ONNX Runtime fills what it leaves out. */
export interface OutputInfo {
  readonly name: string;
  readonly type: ElementType | undefined;
  readonly shape: readonly Dimension[] | null;
}

/** An ONNX network that has been read. Nobody changes its messages: passes make new ones. */
export interface Network {
  /**
   * With its nodes sorted topologically and named uniquely: `model.graph.node[i]` is
   * `graph.operations[i]`. Its tensors are views of the bytes that were read.
   */
  readonly model: ModelProto;
  readonly graph: NetworkGraph;
  /** What every request must bring. */
  readonly inputs: readonly TensorInfo[];
  /** Initializers that a request may override. */
  readonly overridable: readonly TensorInfo[];
  readonly outputs: readonly OutputInfo[];
}
