import {Command, Option} from 'commander';
import type {Core} from '../../app/core.js';
import {openNetwork} from '../../client/network.js';
import {InferenceError} from '../../errors.js';
import {parseDeviceExpression} from '../../plan/device-expression.js';
import {
  measureError,
  type OutputError,
  type QuantizedNetwork,
  type QuantizeMode,
  quantize,
} from '../../transform/index.js';
import {type ClusterOptions, withCore, withLoadOptions} from '../cluster-options.js';
import {completeInputs, type GivenInputs, readGivenInputs} from '../infer-inputs.js';
import {inlineWeights} from '../inline-weights.js';
import {collect} from '../parse-options.js';
import {quantizeReport} from '../quantize-report.js';
import type {Console} from '../report.js';
import {writeResult} from '../write-result.js';

interface Options extends ClusterOptions {
  readonly output: string;
  readonly mode: QuantizeMode;
  readonly perTensor?: boolean;
  readonly except?: readonly string[];
  readonly device: string;
  readonly input?: readonly string[];
  readonly json?: boolean;
}

/** `heterodyne quantize`. */
export function quantizeCommand(console: Console): Command {
  return withLoadOptions(new Command('quantize'))
    .description('write a network with int8 weights, and tell how far its outputs are off')
    .argument('<model>', 'an ONNX file')
    .requiredOption('-o, --output <file>', 'the ONNX file to write')
    .addOption(
      new Option('-m, --mode <mode>', 'dynamic: also products of integers; weights: these alone')
        .choices(['dynamic', 'weights'])
        .default('dynamic'),
    )
    .option('--per-tensor', 'one scale for all weights of an operation, not one for each channel')
    .option('--except <operation>', 'an operation to leave, any number of times', collect)
    .option(
      '-i, --input <NAME=VALUE>',
      'samples to measure the error on, as of infer; those left out are random',
      collect,
    )
    .option('-d, --device <device>', 'a device to measure on', 'CPU')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne quantize model.onnx -o small.onnx --input x=samples.npy\n',
    )
    .action(async (model: string, options: Options) => {
      parseDeviceExpression(options.device);
      const network = await openNetwork(model);
      const {values: given, images} = await readGivenInputs(options.input ?? [], network.inputs);
      if (images.size > 0) {
        const text = 'expected samples as the network takes them, in npy files, given images';
        throw new InferenceError('INVALID_ARGUMENT', text);
      }
      const {mode, perTensor = false, except = []} = options;
      const parsed = await inlineWeights(network);
      const made = quantize({parsed}, {mode, perChannel: !perTensor, except});
      await writeResult(options.output, made.model);
      const errors = await withCore(options, core => measured(core, {made, given, model, options}));
      console.print(options.json === true ? json(made, errors) : quantizeReport(made, errors));
    });
}

interface Measurement {
  readonly made: QuantizedNetwork;
  readonly given: GivenInputs['values'];
  readonly model: string;
  readonly options: Options;
}

async function measured(
  core: Core,
  {made, given, model, options}: Measurement,
): Promise<readonly OutputError[]> {
  const before = await core.loadNetwork(await core.readNetwork(model), options.device);
  const after = await core.loadNetwork(await core.readNetwork(made.model), options.device);
  return measureError({before, after, samples: [completeInputs<never>(before, given)]});
}

function json({model: _, ...made}: QuantizedNetwork, outputs: readonly OutputError[]): string {
  return JSON.stringify({...made, outputs}, undefined, 2);
}
