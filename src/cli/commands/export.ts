import {Command} from 'commander';
import {type ClusterOptions, withCore, withLoadOptions} from '../cluster-options.js';
import {
  type ModelOptions,
  openModel,
  withAffinityOption,
  withModelOptions,
} from '../model-options.js';
import type {Console} from '../report.js';
import {writeResult} from '../write-result.js';

interface Options extends ClusterOptions, ModelOptions {
  readonly output: string;
  readonly networks: boolean;
}

/** `heterodyne export`. */
export function exportCommand(console: Console): Command {
  return withLoadOptions(withAffinityOption(withModelOptions(new Command('export'))))
    .description('compile a network and write what was compiled as one file')
    .requiredOption('-o, --output <file>', 'the file; infer and benchmark take it for a model')
    .option('--no-networks', 'leave out what other devices could compile: half as large')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne export model.onnx -d HETERO:WASM,CPU -o model.blob\n' +
        '  $ heterodyne infer model.blob\n',
    )
    .action(async (model: string, options: Options) => {
      const network = await openModel(model, options);
      await withCore(options, async core => {
        const executable = await core.loadNetwork(network, options.device, options.config);
        const blob = await executable.exportNetwork({networks: options.networks});
        await writeResult(options.output, blob);
        console.note(`${options.output}: ${blob.length} bytes, for ${options.device}`);
      });
    });
}
