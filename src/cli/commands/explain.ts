import {Command} from 'commander';
import type {PlanResult} from '../../../schemas/messages/coordinator.js';
import type {NetworkGraph} from '../../../schemas/network-graph.js';
import {explain} from '../../plan/explain.js';
import {explainDot} from '../../plan/explain-dot.js';
import {explainSvg} from '../../plan/explain-svg.js';
import {type ClusterOptions, withClusterOptions, withCore} from '../cluster-options.js';
import {
  type ModelOptions,
  openModel,
  withAffinityOption,
  withModelOptions,
} from '../model-options.js';
import {plannedGraph} from '../planned-graph.js';
import type {Console} from '../report.js';
import {writeResult} from '../write-result.js';

interface Options extends ClusterOptions, ModelOptions {
  readonly dot?: boolean;
  readonly svg?: string;
  readonly json?: boolean;
}

/** `heterodyne explain`. */
export function explainCommand(console: Console): Command {
  return withClusterOptions(withAffinityOption(withModelOptions(new Command('explain'))))
    .description('show the stage graph that a network would be split into')
    .option('--dot', "print it in Graphviz' language")
    .option('--svg <file>', 'draw it into a file')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne explain model.onnx -d HETERO:WASM,CPU --svg stages.svg\n',
    )
    .action(async (model: string, options: Options) => {
      const network = await openModel(model, options);
      await withCore(options, async core => {
        const plan = await core.planNetwork(network, options.device, options.config);
        if (options.svg !== undefined) await writeResult(options.svg, explainSvg(plan.stageGraph));
        if (options.json) console.print(JSON.stringify(plan, undefined, 2));
        else if (options.dot) console.print(explainDot(plan.stageGraph).trimEnd());
        else if (options.svg === undefined) {
          const graph = plannedGraph(network, options.config);
          console.print(explainPlan(plan, graph, options.verbose === true));
        }
      });
    });
}

function explainPlan(
  {stageGraph, affinity}: PlanResult,
  graph: NetworkGraph,
  verbose: boolean,
): string {
  const entries = Object.entries(affinity);
  const assignment = {
    affinity: new Map(entries.map(([operation, {device}]) => [operation, device])),
    reasons: new Map(entries.map(([operation, {why}]) => [operation, why])),
  };
  return explain({graph, assignment, stageGraph}, {verbose}).trimEnd();
}
