import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {z} from 'zod';
import {Core, type ErrorCode, InferenceError, Tensor} from '../../src/index.js';
import {digitsPath} from '../support/digits.js';
import {imageFile, imageFiles} from '../support/image-files.js';
import {runCommand} from '../support/run-command.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/* Images at the command line, without a server. */

delete process.env['HETERODYNE_SERVERS'];

const threePath = fileURLToPath(new URL('../../../examples/digits/three.png', import.meta.url));
const outputsSchema = z.object({
  outputs: z.array(z.object({shape: z.array(z.int()), firstElements: z.array(z.number())})),
});

async function infer(...args: readonly string[]) {
  const {printed} = await runCommand('infer', digitsPath, '-d', 'CPU', '--json', ...args);
  const [logits] = outputsSchema.parse(JSON.parse(printed)).outputs;
  return {shape: logits?.shape, values: logits?.firstElements ?? []};
}

async function written(t: ExecutionContext, name: string, content: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(t), name);
  await writeFile(path, content);
  return path;
}

test.serial('a picture of a digit is read as the library reads its pixels', async t => {
  const {shape, values} = await infer('-i', `image=${threePath}`, '--scale-values', '255');
  t.deepEqual(shape, [1, 10]);
  t.is(values.indexOf(Math.max(...values)), 3);
  const core = await Core.embedded({devices: ['CPU']});
  t.teardown(() => core.close());
  const executable = await core.loadNetwork(await core.readNetwork(digitsPath), 'CPU');
  const pixels = (await readFile(join(digitsPath, '../images.npy'))).subarray(-64);
  const floats = Float32Array.from(pixels, grey => Math.round((grey * 255) / 16) / 255);
  const image = new Tensor('f32', [1, 1, 8, 8], floats);
  const {logits} = await executable.createInferRequest().infer({image});
  for (const [at, value] of values.entries()) {
    t.true(Math.abs(value - Number(logits?.data[at])) < 1e-4, `${at}: ${value}`);
  }
});

test.serial('several pictures are a batch, and any size and colour will do', async t => {
  const photo = await written(t, 'photo.jpg', imageFile('progressive').file);
  const args = ['-i', `image=${photo}`, '-i', `image=${photo}`, '--scale-values', '255'];
  const both = await infer(...args, '--resize', 'cubic');
  t.deepEqual(both.shape, [2, 10]);
  t.deepEqual(both.values.slice(0, 10), both.values.slice(10));
  const {values} = await infer('-i', `image=${photo}`, '--scale-values', '255');
  t.notDeepEqual(values, both.values.slice(0, 10), 'resized in another way');
});

type Refusal = readonly [string, string, Uint8Array, readonly string[], ErrorCode, RegExp];

const good = imageFile('grey of 8 bits').file;
const refusals: readonly Refusal[] = [
  [
    'a broken picture',
    'x.png',
    good.subarray(0, 40),
    [],
    'FILE_UNREADABLE',
    /x\.png: the PNG file ends/,
  ],
  [
    'a picture that is none',
    'x.jpg',
    good.subarray(1),
    [],
    'FILE_UNREADABLE',
    /a PNG or JPEG file/,
  ],
  ['a picture in CMYK', 'x.jpeg', imageFiles.cmyk, [], 'NOT_IMPLEMENTED', /CMYK/],
  [
    'a mean of too many channels',
    'x.png',
    good,
    ['--mean-values', '1,2'],
    'INVALID_ARGUMENT',
    /1 numbers/,
  ],
  [
    'a layout of another rank',
    'x.png',
    good,
    ['--layout', 'CHW'],
    'INVALID_ARGUMENT',
    /layout CHW does/,
  ],
];

for (const [what, name, content, args, code, message] of refusals) {
  test.serial(`${what} is refused`, async t => {
    const path = await written(t, name, content);
    const run = infer('-i', `image=${path}`, ...args);
    const error = await t.throwsAsync(run, {instanceOf: InferenceError, message});
    t.is(error.code, code);
  });
}

test.serial('a picture for an input that is not there suggests the nearest', async t => {
  const run = infer('-i', `imag=${threePath}`);
  await t.throwsAsync(run, {instanceOf: InferenceError, message: /did you mean 'image'/});
});
