import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Command} from 'commander';
import type {TensorData, TensorInfo} from '../../../schemas/tensor.js';
import type {ExecutableNetwork} from '../../client/executable-network.js';
import {InferenceError} from '../../errors.js';
import {formatShape} from '../../tensor-check.js';
import {type ClusterOptions, withClusterOptions, withCore} from '../cluster-options.js';
import {elementValues} from '../element-values.js';
import {type InputArgument, parseInputArgument} from '../input-argument.js';
import {readNpy, writeNpy} from '../npy.js';
import {collect, configOption} from '../parse-options.js';
import {randomTensor} from '../random-tensor.js';
import type {Console} from '../report.js';
import {formatTable} from '../table.js';

interface Options extends ClusterOptions {
  readonly device: string;
  readonly input?: readonly string[];
  readonly outputDir?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

const seedDefault = 0;
const shownElementsMax = 5;
const jsonElementsMax = 64;

/** `heterodyne infer`. */
export function inferCommand(console: Console): Command {
  return withClusterOptions(new Command('infer'))
    .description('run a network once')
    .argument('<model>', 'an ONNX file')
    .requiredOption('-d, --device <device>', 'a device: CPU, host-a/CPU, HETERO:WASM,CPU')
    .option(
      '-i, --input <NAME=VALUE>',
      'an input, any number of times: FILE.npy, random or random:SEED; those left out are random',
      collect,
    )
    .option('-o, --output-dir <dir>', 'write every output there as NAME.npy')
    .addOption(configOption())
    .option('--json', `print one JSON object, of each output the first ${jsonElementsMax} elements`)
    .addHelpText(
      'after',
      '\nExample:\n  $ heterodyne infer model.onnx -d CPU --input x=x.npy --output-dir out\n',
    )
    .action((model: string, options: Options) =>
      withCore(options, async core => {
        const executable = await core.loadNetwork(
          await core.readNetwork(model),
          options.device,
          options.config,
        );
        const inputs = await readInputs(executable, (options.input ?? []).map(parseInputArgument));
        const request = executable.createInferRequest();
        const outputs = await request.infer(inputs);
        const files = await writeOutputs(outputs, options.outputDir);
        report(console, options.json === true, outputs, files);
      }),
    );
}

async function readInputs(
  executable: ExecutableNetwork,
  given: readonly InputArgument[],
): Promise<Record<string, TensorData>> {
  const infos = new Map<string, TensorInfo>(
    [...executable.inputs, ...executable.overridable].map(info => [info.name, info]),
  );
  const inputs: Record<string, TensorData> = {};
  for (const {name} of executable.inputs) {
    const info = infos.get(name);
    if (info !== undefined && !given.some(argument => argument.input === name)) {
      inputs[name] = randomTensor(info, seedDefault);
    }
  }
  for (const argument of given) inputs[argument.input] = await readInput(argument, infos);
  return inputs;
}

async function readInput(
  argument: InputArgument,
  infos: ReadonlyMap<string, TensorInfo>,
): Promise<TensorData> {
  if (argument.kind === 'random') {
    const info = infos.get(argument.input);
    if (info !== undefined) return randomTensor(info, argument.seed);
    const names = [...infos.keys()].join(', ');
    const text = `expected an input out of ${names}, given '${argument.input}'`;
    throw new InferenceError('UNKNOWN_INPUT', text);
  }
  try {
    return readNpy(await readFile(argument.path), argument.path);
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
}

async function writeOutputs(
  outputs: Readonly<Record<string, TensorData>>,
  folder: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  if (folder === undefined) return files;
  await mkdir(folder, {recursive: true});
  for (const [name, tensor] of Object.entries(outputs)) {
    // Names of values may hold anything; a file's name may not.
    const file = join(folder, `${name.replace(/[^\w.-]/g, '_')}.npy`);
    await writeFile(file, writeNpy(tensor));
    files.set(name, file);
  }
  return files;
}

function report(
  console: Console,
  json: boolean,
  outputs: Readonly<Record<string, TensorData>>,
  files: ReadonlyMap<string, string>,
): void {
  const described = Object.entries(outputs).map(([name, tensor]) => ({
    name,
    type: tensor.type,
    shape: tensor.shape,
    firstElements: elementValues(tensor, jsonElementsMax),
    file: files.get(name) ?? null,
  }));
  if (json) {
    console.print(JSON.stringify({outputs: described}, undefined, 2));
    return;
  }
  const rows = Object.entries(outputs).map(([name, tensor]) => [
    name,
    `${tensor.type}${formatShape(tensor.shape)}`,
    firstElements(tensor),
    files.get(name) ?? '',
  ]);
  const titles = ['OUTPUT', 'TYPE', 'FIRST ELEMENTS', 'FILE'];
  console.print(
    formatTable(
      titles.map(title => ({title})),
      rows,
    ),
  );
}

function firstElements(tensor: TensorData): string {
  const shown = elementValues(tensor, shownElementsMax).map(value =>
    typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(5) : String(value),
  );
  return tensor.data.length > shown.length ? `${shown.join(' ')} …` : shown.join(' ');
}
