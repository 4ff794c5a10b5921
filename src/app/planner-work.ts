import type {ExtractedPart} from '../../actors/planner-task.js';
import type {NetworkGraph, ValueInfo} from '../../schemas/network-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import type {ExtractedStage} from '../network/extract-stage.js';
import type {Rewrite} from '../plan/follow-patterns.js';

/** What the planner's worker is asked; `digest` lets it keep what it has parsed. */
export type PlannerWork =
  | {readonly kind: 'transform'; readonly digest: string; readonly model: Uint8Array}
  | {readonly kind: 'read'; readonly digest: string; readonly model: Uint8Array}
  /** Answers the model that says the types of `values`; null if it says them already. */
  | {
      readonly kind: 'describe';
      readonly model: Uint8Array;
      readonly values: ReadonlyMap<string, ValueInfo>;
    }
  /** Answers the model that takes batches; `inferred`: what its values are where a request is alone. */
  | {
      readonly kind: 'rebatch';
      readonly digest: string;
      readonly model: Uint8Array;
      readonly inferred: ReadonlyMap<string, ValueInfo>;
    }
  | {
      readonly kind: 'extract';
      readonly digest: string;
      readonly model: Uint8Array;
      readonly parts: readonly ExtractedPart[];
      readonly values: ReadonlyMap<string, ValueInfo>;
    };

/** Null if there was nothing to transform. */
export type TransformAnswer = {readonly model: Uint8Array; readonly rewrite: Rewrite} | null;

export interface RebatchAnswer {
  readonly model: Uint8Array;
  /** Values that must not go from one stage to another. */
  readonly tied: readonly string[];
}

export interface ReadAnswer {
  readonly graph: NetworkGraph;
  readonly inputs: readonly TensorInfo[];
  /** The network without its weights, if those are too many to send to every device. */
  readonly skeleton: Uint8Array | null;
}

export type ExtractAnswer = readonly ExtractedStage[];
