import type {ElementType} from './element-type.js';
import type {Dimension} from './tensor.js';

/** One node of the outermost graph; nodes inside `If`, `Loop` and `Scan` bodies belong to it. */
export interface Operation {
  /** Unique in the network: the node's own name, made unique; else made from its type and position. */
  readonly name: string;
  /** `Conv`, or `com.microsoft.FusedConv` outside the domain ai.onnx. */
  readonly type: string;
  /** Values it reads, each once: explicit inputs (never empty-named) and those its bodies capture. */
  readonly inputs: readonly string[];
  /** Values it makes (never empty-named). */
  readonly outputs: readonly string[];
  /** Draws random numbers (itself, a body or a local function): never a constant, never repeated. */
  readonly random: boolean;
}

/**
 * A value's type as ONNX Runtime infers it. `other` is never cut: a sequence, map or optional, or in
 * a network that takes batches a value that is not a row for each request.
 */
export type ValueInfo =
  | {
      readonly kind: 'tensor';
      readonly type: ElementType;
      /** Null: not even the rank is known. */
      readonly shape: readonly Dimension[] | null;
    }
  | {readonly kind: 'other'};

/** The shape of a network without its weights: what planning works on. */
export interface NetworkGraph {
  readonly name: string;
  /** In topological order. */
  readonly operations: readonly Operation[];
  /** Values that every request must bring. */
  readonly inputs: readonly string[];
  /** Initializers that a request may override (initializers that are also inputs, IR version 4 on). */
  readonly overridable: readonly string[];
  readonly outputs: readonly string[];
  /** Bytes of each initializer, the overridable ones too. */
  readonly initializers: ReadonlyMap<string, number>;
  /** What is known of every value that an operation or a request brings; absent means unknown. */
  readonly values: ReadonlyMap<string, ValueInfo>;
}
