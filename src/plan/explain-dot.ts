import type {StageGraph} from '../../schemas/stage-graph.js';
import {invariant} from '../errors.js';

/** The stage graph in Graphviz DOT. */
export function explainDot(_graph: StageGraph): string {
  invariant(false, 'not yet');
}
