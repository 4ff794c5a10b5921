import type {PlacedNode, RuntimeNetwork} from '../../schemas/runtime-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {runtimeModel} from '../network/runtime-model.js';
import {runtimeDot} from '../plan/runtime-dot.js';
import {runtimeSvg} from '../plan/runtime-svg.js';

/** A network as its devices run it: kernels in stages, with the mean times of what was measured. */
export class NetworkRuntimeGraph implements RuntimeNetwork {
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly nodes: readonly PlacedNode[];

  constructor({name, inputs, outputs, nodes}: RuntimeNetwork) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = outputs;
    this.nodes = nodes;
  }

  /** An ONNX file for viewers: see `runtimeModel` for the metadata of its nodes. */
  toOnnx(): Uint8Array {
    return runtimeModel(this);
  }

  /** In the language of Graphviz. */
  toDot(): string {
    return runtimeDot(this);
  }

  /** A self-contained document. Throws INVALID_ARGUMENT above 2,000 kernels. */
  toSvg(): string {
    return runtimeSvg(this);
  }
}
