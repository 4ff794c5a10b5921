import {clientIndex, type Edge, type StageGraph} from '../../schemas/stage-graph.js';

/** All that goes from one stage (or the client) to another, for showing. */
export interface StageLink {
  readonly from: number;
  readonly to: number;
  readonly edges: readonly Edge[];
}

/** The edges of a stage graph by their ends, in the order of the edges. */
export function stageLinks({edges}: StageGraph): readonly StageLink[] {
  const links = new Map<string, {from: number; to: number; edges: Edge[]}>();
  for (const edge of edges) {
    const {from, to} = edge;
    const key = `${from} ${to}`;
    const link = links.get(key);
    if (link === undefined) links.set(key, {from, to, edges: [edge]});
    else link.edges.push(edge);
  }
  return [...links.values()];
}

/** `stage0 CPU`, or `the client`. */
export function placeName({stages}: StageGraph, index: number): string {
  return index === clientIndex ? 'the client' : (stages[index]?.name ?? `stage${index}`);
}
