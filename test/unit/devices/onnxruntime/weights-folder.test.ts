import {readFile, stat, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import test from 'ava';
import {openWeightsFolder} from '../../../../devices/onnxruntime/weights-folder.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

test('the weights lie under the name that models give them, without a copy', async t => {
  const weightsFile = join(await temporaryFolder(t), 'content');
  await writeFile(weightsFile, 'weights');
  const folder = await openWeightsFolder(weightsFile);
  t.teardown(() => folder?.remove());
  t.is(basename(folder?.file ?? ''), 'weights.bin');
  t.is(await readFile(folder?.file ?? '', 'utf8'), 'weights');
  t.is((await stat(weightsFile)).nlink, 2);
});

test('the folder goes, the weights stay', async t => {
  const weightsFile = join(await temporaryFolder(t), 'content');
  await writeFile(weightsFile, 'weights');
  const folder = await openWeightsFolder(weightsFile);
  await folder?.remove();
  await t.throwsAsync(stat(folder?.file ?? ''), {code: 'ENOENT'});
  t.is(await readFile(weightsFile, 'utf8'), 'weights');
});

test('no weights need no folder', async t => {
  t.is(await openWeightsFolder(undefined), undefined);
});

test('weights that are not there are refused', async t => {
  const absent = join(await temporaryFolder(t), 'absent');
  await t.throwsAsync(openWeightsFolder(absent), {code: 'FILE_UNREADABLE', message: /absent/});
});
