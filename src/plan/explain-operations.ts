import type {Operation} from '../../schemas/network-graph.js';
import type {ExplainedPlan} from './explain.js';
import {shortenNames} from './list-names.js';

/**
 * The device and the reason of every operation, as lines: one for each operation, or one for each
 * device and reason with the operations it holds for.
 */
export function explainOperations(plan: ExplainedPlan, verbose: boolean): readonly string[] {
  const stagesOf = operationStages(plan);
  const decided = plan.graph.operations.map(operation => ({
    operation,
    decision: decisionOf(plan, operation, stagesOf.get(operation.name) ?? []),
  }));
  if (verbose) {
    return decided.map(({operation, decision}) => {
      return `${operation.name} (${operation.type}): ${decision}`;
    });
  }
  const groups = new Map<string, string[]>();
  for (const {operation, decision} of decided) {
    const group = groups.get(decision);
    if (group === undefined) groups.set(decision, [operation.name]);
    else group.push(operation.name);
  }
  return [...groups].map(
    ([decision, names]) => `${decision}\n  ${names.length}: ${shortenNames(names)}`,
  );
}

function decisionOf(
  {assignment}: ExplainedPlan,
  {name}: Operation,
  stages: readonly string[],
): string {
  const device = assignment.affinity.get(name);
  if (device !== undefined)
    return `${device}: ${assignment.reasons.get(name) ?? 'no reason given'}`;
  if (stages.length === 0) return 'nowhere: no network output needs it';
  return `constant: made again in ${stages.join(', ')}`;
}

/** For each operation the names of the stages that run it. */
function operationStages({stageGraph}: ExplainedPlan): ReadonlyMap<string, readonly string[]> {
  const stagesOf = new Map<string, string[]>();
  for (const stage of stageGraph.stages) {
    for (const name of stage.operations) {
      const stages = stagesOf.get(name);
      if (stages === undefined) stagesOf.set(name, [stage.name]);
      else stages.push(stage.name);
    }
  }
  return stagesOf;
}
