import {Command, Option} from 'commander';
import type {Core} from '../../app/core.js';
import {type Network, openNetwork} from '../../client/network.js';
import {InferenceError} from '../../errors.js';
import {parseDeviceExpression} from '../../plan/device-expression.js';
import {
  calibrate,
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
import {splitSamples} from '../split-samples.js';
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
      new Option(
        '-m, --mode <mode>',
        'weights: these alone; dynamic: also products of integers; static: by the ranges of samples',
      )
        .choices(['weights', 'dynamic', 'static'])
        .default('dynamic'),
    )
    .option('--per-tensor', 'one scale for all weights of an operation, not one for each channel')
    .option('--except <operation>', 'an operation to leave, any number of times', collect)
    .option(
      '-i, --input <NAME=VALUE>',
      'samples for ranges and for the error, npy files with one behind another; else random',
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
      const {made, errors} = await withCore(options, core => work(core, {network, given, options}));
      console.print(options.json === true ? json(made, errors) : quantizeReport(made, errors));
    });
}

interface Work {
  readonly network: Network;
  readonly given: GivenInputs['values'];
  readonly options: Options;
}

/** Quantises, writes the file, and measures. */
async function work(
  core: Core,
  {network, given, options}: Work,
): Promise<{readonly made: QuantizedNetwork; readonly errors: readonly OutputError[]}> {
  const {mode, perTensor = false, except = [], device} = options;
  const before = await core.loadNetwork(network, device);
  const samples = splitSamples(before.inputs, completeInputs<never>(before, given));
  const parsed = {parsed: await inlineWeights(network)};
  const open = async (bytes: Uint8Array) => core.loadNetwork(await core.readNetwork(bytes), device);
  const seen = mode === 'static' && (await calibrate({network: parsed, samples, open, except}));
  const ranges = seen === false ? {} : {ranges: seen};
  const made = quantize(parsed, {mode, perChannel: !perTensor, except, ...ranges});
  await writeResult(options.output, made.model);
  const errors = await measureError({before, after: await open(made.model), samples});
  return {made, errors};
}

function json({model: _, ...made}: QuantizedNetwork, outputs: readonly OutputError[]): string {
  return JSON.stringify({...made, outputs}, undefined, 2);
}
