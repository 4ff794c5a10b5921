import type {NetworkGraph} from '../../schemas/network-graph.js';
import {invariant} from '../errors.js';

/** A stage as a part of the network. */
export interface StageCut {
  readonly device: string;
  /** Indices into the network's operations, ascending; constant operations may be in several. */
  readonly operations: readonly number[];
  /** Network inputs and other stages' outputs that it reads. */
  readonly inputs: readonly string[];
  /** Network outputs and values that other stages read, made here. */
  readonly outputs: readonly string[];
  /** Initializers that a request may override and that it reads. */
  readonly overridable: readonly string[];
  /** Bytes of the initializers that it reads. */
  readonly weightsBytes: number;
}

export interface CutOptions {
  /** For network outputs that are initializers where no operation is placed. */
  readonly defaultDevice?: string;
}

export function cutStages(
  _graph: NetworkGraph,
  _affinity: ReadonlyMap<string, string>,
  _options: CutOptions = {},
): readonly StageCut[] {
  invariant(false, 'not yet');
}
