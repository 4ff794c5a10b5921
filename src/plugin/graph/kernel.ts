import type {TensorData} from '../../../schemas/tensor.js';
import type {NodeAttributes} from './node-attributes.js';

/** Computes one operation: its inputs in the order of the specification, undefined where left out. */
export type Kernel = (inputs: readonly (TensorData | undefined)[]) => readonly TensorData[];

/** What a kernel is made from: all of a node but its values. */
export interface NodeSetting {
  readonly attributes: NodeAttributes;
  /** The version of ONNX's operator set that the network asks for. */
  readonly opset: number;
  /** Whether an input is connected. */
  hasInput(index: number): boolean;
  /** Whether anybody reads an output. */
  hasOutput(index: number): boolean;
}

/** Reads attributes and makes a kernel; throws `unsupported` for what it does not do. */
export type KernelBuilder = (node: NodeSetting) => Kernel;
