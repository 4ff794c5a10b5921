import {mkdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test from 'ava';
import {inlineWeights} from '../../../src/cli/inline-weights.js';
import {openNetwork} from '../../../src/client/network.js';
import {InferenceError, transform} from '../../../src/index.js';
import {externalTensors} from '../../../src/network/external-data.js';
import {writeModel} from '../../../src/network/write-model.js';
import {externalNetwork} from '../../support/external-network.js';
import {runModel} from '../../support/run-model.js';
import {temporaryFolder} from '../../support/temporary-folder.js';

async function written(folder: string) {
  const {bytes, files, inputs} = externalNetwork();
  const model = join(folder, 'model.onnx');
  await writeFile(model, bytes);
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), {recursive: true});
    await writeFile(join(folder, name), content);
  }
  return {model, inputs};
}

test('weights in files come into the network, those of bodies too, and can be quantised', async t => {
  const {model, inputs} = await written(await temporaryFolder(t));
  const network = await openNetwork(model);
  const outside = transform.quantize(network, {mode: 'weights'});
  t.deepEqual(outside.quantized, []);
  t.regex(outside.skipped[0]?.reason ?? '', /its weights a lie outside the file/);
  const parsed = await inlineWeights(network);
  t.deepEqual(externalTensors(parsed.model), []);
  t.deepEqual(await runModel(writeModel(parsed.model), inputs), await runModel(model, inputs));
  t.is(transform.quantize({parsed}, {mode: 'weights', perChannel: false}).quantized.length, 2);
});

test('a file that has gone meanwhile is an error that says so', async t => {
  const folder = await temporaryFolder(t);
  const network = await openNetwork((await written(folder)).model);
  await rm(join(folder, 'a.bin'));
  await t.throwsAsync(inlineWeights(network), {
    instanceOf: InferenceError,
    code: 'FILE_UNREADABLE',
    message: /a\.bin/,
  });
});
