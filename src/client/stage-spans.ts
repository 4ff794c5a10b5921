import type {Way} from '../../actors/route-table.js';
import type {StageTiming} from '../../schemas/messages/stage.js';
import type {StageSpan} from '../ports/request-tracer.js';

/**
 * What each stage on a request's way did, each beginning when the last of those that it hears from
 * has ended: hosts' clocks are not compared, so the time of frames on their way is not among it.
 */
export function stageSpans(
  {variant, route}: Way,
  timings: readonly StageTiming[],
): readonly StageSpan[] {
  const {stages, edges} = variant.stageGraph;
  const endUs = new Map<number, number>();
  // A stage comes after those that it hears from.
  return timings
    .toSorted((a, b) => a.stage - b.stage)
    .flatMap(({stage: index, queueUs, executeUs, runUs, traced = false}) => {
      const stage = stages[index];
      const replica = stage?.replicas[route[index] ?? 0];
      if (stage === undefined || replica === undefined) return [];
      const sources = edges.filter(({to}) => to === index).map(({from}) => endUs.get(from) ?? 0);
      const startUs = Math.max(0, ...sources);
      endUs.set(index, startUs + queueUs + runUs);
      const {name, role} = stage;
      const {device, node} = replica;
      return [{name, role, device, node, startUs, queueUs, executeUs, runUs, traced}];
    });
}
