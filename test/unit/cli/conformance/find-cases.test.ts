import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test from 'ava';
import {findCases} from '../../../../src/cli/conformance/find-cases.js';
import {InferenceError} from '../../../../src/errors.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

async function touch(path: string): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  await writeFile(path, '');
}

test('every folder with a model.onnx is a case, wherever it lies, sorted by its path', async t => {
  const root = await temporaryFolder(t);
  await touch(join(root, 'simple', 'test_b', 'model.onnx'));
  await touch(join(root, 'node', 'test_a', 'model.onnx'));
  await touch(join(root, 'node', 'test_a', 'test_data_set_0', 'input_0.pb'));
  await touch(join(root, 'node', 'test_c', 'data.json'));
  t.deepEqual(await findCases(root), [
    {name: 'node/test_a', path: join(root, 'node', 'test_a')},
    {name: 'simple/test_b', path: join(root, 'simple', 'test_b')},
  ]);
  const filtered = await findCases(root, 'ple/test');
  t.deepEqual(
    filtered.map(({name}) => name),
    ['simple/test_b'],
  );
});

test('one case is found in its own folder', async t => {
  const root = await temporaryFolder(t);
  await touch(join(root, 'model.onnx'));
  t.deepEqual(await findCases(root), [{name: '.', path: root}]);
});

test('a folder that is not there is unreadable', async t => {
  const path = join(await temporaryFolder(t), 'absent');
  const error = await t.throwsAsync(findCases(path), {instanceOf: InferenceError});
  t.is(error.code, 'FILE_UNREADABLE');
});
