import type {NetworkGraph} from '../../schemas/network-graph.js';
import type {StageGraph} from '../../schemas/stage-graph.js';
import {invariant} from '../errors.js';
import type {Assignment} from './assignment.js';

/** A finished plan, as it is explained. */
export interface ExplainedPlan {
  readonly graph: NetworkGraph;
  readonly assignment: Assignment;
  readonly stageGraph: StageGraph;
}

export interface ExplainOptions {
  /** Every operation with its device and the reason; else operations are counted and shortened. */
  readonly verbose?: boolean;
}

export function explain(_plan: ExplainedPlan, _options: ExplainOptions = {}): string {
  invariant(false, 'not yet');
}
