import {Command} from 'commander';
import {type ClusterOptions, withClusterOptions, withCore} from '../cluster-options.js';
import {type ModelOptions, openModel, withModelOptions} from '../model-options.js';
import {plannedGraph} from '../planned-graph.js';
import type {Console} from '../report.js';
import {formatTable} from '../table.js';

interface Options extends ClusterOptions, ModelOptions {
  readonly json?: boolean;
}

/** `heterodyne query`. */
export function queryCommand(console: Console): Command {
  return withClusterOptions(withModelOptions(new Command('query')))
    .description('ask which device would run each operation of a network, and why not')
    .option('--json', 'print one JSON object, by operation')
    .addHelpText('after', '\nExample:\n  $ heterodyne query model.onnx -d HETERO:WASM,CPU\n')
    .action(async (model: string, options: Options) => {
      const network = await openModel(model, options);
      await withCore(options, async core => {
        const placements = await core.queryNetwork(network, options.device, options.config);
        if (options.json) {
          console.print(JSON.stringify(Object.fromEntries(placements), undefined, 2));
          return;
        }
        const {operations} = plannedGraph(network, options.config);
        const types = new Map(operations.map(({name, type}) => [name, type]));
        const rows = [...placements].map(([name, placement]) => [
          name,
          types.get(name) ?? '',
          'device' in placement ? placement.device : '-',
          'device' in placement ? placement.why : describeReasons(placement.reasons),
        ]);
        const titles = ['OPERATION', 'TYPE', 'DEVICE', 'WHY'];
        console.print(
          formatTable(
            titles.map(title => ({title})),
            rows,
          ),
        );
      });
    });
}

function describeReasons(reasons: Readonly<Record<string, string>>): string {
  return Object.entries(reasons)
    .map(([device, reason]) => `${device}: ${reason}`)
    .join('; ');
}
