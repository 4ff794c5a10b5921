import {join} from 'node:path';
import {Command} from 'commander';
import type {TensorData} from '../../../schemas/tensor.js';
import {formatShape} from '../../tensor-check.js';
import {type ClusterOptions, withCore, withLoadOptions} from '../cluster-options.js';
import {elementValues} from '../element-values.js';
import {fileNames} from '../file-names.js';
import {imageInputs} from '../image-inputs.js';
import {type ImageOptions, withImageOptions} from '../image-options.js';
import {completeInputs, readGivenInputs} from '../infer-inputs.js';
import {type LoadableOptions, openLoadable} from '../loadable.js';
import {withAffinityOption, withLoadableOptions} from '../model-options.js';
import {writeNpy} from '../npy.js';
import {collect} from '../parse-options.js';
import type {Console} from '../report.js';
import {formatTable} from '../table.js';
import {makeFolder, writeResult} from '../write-result.js';

interface Options extends ClusterOptions, LoadableOptions, ImageOptions {
  readonly input?: readonly string[];
  readonly outputDir?: string;
  readonly json?: boolean;
}

const shownElementsMax = 5;
const jsonElementsMax = 64;

/** `heterodyne infer`. */
export function inferCommand(console: Console): Command {
  const command = withLoadOptions(withAffinityOption(withLoadableOptions(new Command('infer'))))
    .description('run a network once')
    .option(
      '-i, --input <NAME=VALUE>',
      'an input, any number of times: FILE.npy, FILE.png, FILE.jpg, random or random:SEED; ' +
        'several images are a batch; inputs left out are random',
      collect,
    );
  return withImageOptions(command)
    .option('-o, --output-dir <dir>', 'write every output there as NAME.npy')
    .option('--json', `print one JSON object, of each output the first ${jsonElementsMax} elements`)
    .addHelpText(
      'after',
      '\nExamples:\n  $ heterodyne infer model.onnx -d CPU --input x=x.npy --output-dir out\n' +
        '  $ heterodyne infer model.onnx -d CPU --input image=cat.jpg --scale-values 255\n',
    )
    .action(async (model: string, options: Options) => {
      const loadable = await openLoadable(model, options);
      const {values, images} = await readGivenInputs(options.input ?? [], loadable.inputs);
      const {preprocessing, tensors} = imageInputs(loadable.inputs, images, options);
      const all = new Map<string, TensorData | readonly TensorData[] | number>([
        ...values,
        ...tensors,
      ]);
      await withCore({...options, device: loadable.device}, async core => {
        const steps = preprocessing === undefined ? {} : {preprocessing};
        const executable = await loadable.load(core, options.config ?? {}, steps);
        const request = executable.createInferRequest();
        const outputs = await request.infer(completeInputs(executable, all));
        const files = await writeOutputs(outputs, options.outputDir);
        report(console, options.json === true, outputs, files);
      });
    });
}

async function writeOutputs(
  outputs: Readonly<Record<string, TensorData>>,
  folder: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  if (folder === undefined) return files;
  await makeFolder(folder);
  const names = fileNames(Object.keys(outputs), '.npy');
  for (const [index, [name, tensor]] of Object.entries(outputs).entries()) {
    const file = join(folder, names[index] ?? '');
    await writeResult(file, writeNpy(tensor));
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
