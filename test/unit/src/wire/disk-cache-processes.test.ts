import {execFile} from 'node:child_process';
import {readdir} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';
import {temporaryFolder} from '../../../support/temporary-folder.js';

const program = fileURLToPath(new URL('../../../support/cache-process.js', import.meta.url));

test('processes that share a cache never find half a network, or another one', async t => {
  const folder = await temporaryFolder(t);
  const run = (seed: number) => promisify(execFile)(process.execPath, [program, folder, `${seed}`]);
  const ended = await Promise.all([0, 1, 2].map(run));
  const hits = ended.map(({stdout}) => Number(stdout));
  t.true(hits.reduce((sum, count) => sum + count) > 0);
  const left = await readdir(folder);
  t.deepEqual(
    left.filter(name => !/^[a-e]{64}$/.test(name)),
    [],
  );
});
