import type {StageGraph} from '../../schemas/stage-graph.js';
import {invariant} from '../errors.js';

/** The stage graph as a self-contained SVG document. */
export function explainSvg(_graph: StageGraph): string {
  invariant(false, 'not yet');
}
