import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {StageGraph} from '../../schemas/stage-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {invariant} from '../errors.js';
import type {StageCut} from './cut-stages.js';

/** A network that runs before the stages: client-facing inputs, `<input>/preprocessed` outputs. */
export interface PreprocessPart {
  readonly inputs: readonly TensorInfo[];
  /** `input` is the network input that `info`, an output of the part, stands in for. */
  readonly outputs: readonly {readonly input: string; readonly info: TensorInfo}[];
}

/** A network that runs after the stages: `<output>/raw` inputs, client-facing outputs. */
export interface PostprocessPart {
  /** `output` is the network output that `info`, an input of the part, takes. */
  readonly inputs: readonly {readonly output: string; readonly info: TensorInfo}[];
  readonly outputs: readonly TensorInfo[];
}

export interface StageGraphOptions {
  readonly preprocess?: PreprocessPart;
  readonly postprocess?: PostprocessPart;
  /** For a part that no stage is next to; else the first stage's device. */
  readonly defaultDevice?: string;
}

export function buildStageGraph(
  _graph: NetworkGraph,
  _cuts: readonly StageCut[],
  _options: StageGraphOptions = {},
): StageGraph {
  invariant(false, 'not yet');
}
