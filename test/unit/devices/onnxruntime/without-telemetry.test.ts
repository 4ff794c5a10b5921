import {execFile} from 'node:child_process';
import {readdir} from 'node:fs/promises';
import {promisify} from 'node:util';
import test from 'ava';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const plugin = new URL('../../../../devices/cpu/index.js', import.meta.url);
const probe = `
  const {createPluginEngine} = await import('${plugin}');
  const engine = createPluginEngine();
  if ((await engine.devices()).length === 0) process.exitCode = 1;
  await engine.close();
`;

test('ONNX Runtime keeps no identifier of the host', async t => {
  const folder = await temporaryFolder(t);
  const {PATH} = process.env;
  const env = {PATH, HOME: folder, XDG_CACHE_HOME: folder};
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', probe], {env});
  t.deepEqual(await readdir(folder), []);
});
