import {clientIndex, type Edge, type StageGraph} from '../../schemas/stage-graph.js';

/**
 * Whom a stage must hear from, ascending, the client first: one frame of each with all its tensors.
 * A stage that nothing feeds hears from the client, whose empty frame starts it.
 */
export function stageSources(graph: StageGraph, stage: number): readonly number[] {
  const sources = new Set(graph.edges.filter(edge => edge.to === stage).map(edge => edge.from));
  if (sources.size === 0) return [clientIndex];
  return [...sources].sort((a, b) => a - b);
}

/** What the client sends to one stage, as one frame. */
export interface ClientFrame {
  readonly to: number;
  /** May be empty: the frame only starts the stage. */
  readonly edges: readonly Edge[];
}

/** The client's frames for one request, by stage. What the client sends itself is in none. */
export function clientFrames(graph: StageGraph): readonly ClientFrame[] {
  const frames = graph.stages.map(({index}) => ({to: index, edges: [] as Edge[]}));
  const fed = new Set<number>();
  for (const edge of graph.edges) {
    fed.add(edge.to);
    if (edge.from === clientIndex) frames[edge.to]?.edges.push(edge);
  }
  return frames.filter(({to, edges}) => edges.length > 0 || !fed.has(to));
}
