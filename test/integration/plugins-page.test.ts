import {spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {mkdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {runCoordinator} from '../../src/app/run-coordinator.js';
import type {Plugin} from '../../src/plugin/plugin.js';
import {silentLog} from '../../src/ports/log.js';
import {HeterodyneProcess, runHeterodyne} from '../support/heterodyne-process.js';
import {sharedNats, stopSharedNats} from '../support/nats.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';

test.after.always(stopSharedNats);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'PLUGINS.md'), 'utf8');

/** The commands that the page says to begin with. */
const [, script = ''] = /<!-- run -->\n\n```sh\n([\s\S]*?)```/.exec(page) ?? [];
const lines = script.trim().split('\n');

/** The arguments of a command of the page. */
function argumentsOf(command: string): readonly string[] {
  const line = lines.find(each => each.startsWith(`npx heterodyne ${command} `));
  if (line === undefined) throw new RangeError(`the page has no ${command}`);
  return line.split(' ').slice(2);
}

/** A folder in which the page has been followed up to `npm install`. */
async function begun(t: ExecutionContext): Promise<string> {
  const cwd = await temporaryFolder(t);
  const created = await runHeterodyne(t, argumentsOf('create-plugin'), {cwd});
  t.is(created.status, 0, created.stderr);
  await mkdir(join(cwd, 'node_modules'));
  await symlink(root, join(cwd, 'node_modules', 'heterodyne'), 'dir');
  return cwd;
}

test.serial('the page begins with these commands, and each of them works', async t => {
  t.deepEqual(
    lines.map(line => line.split(' ').slice(0, 3).join(' ')),
    [
      'npx heterodyne create-plugin',
      'cd my-chip',
      'npm install heterodyne',
      'npm test',
      'cd ..',
      'npx heterodyne conformance',
      'npx heterodyne node',
    ],
  );
  const cwd = await begun(t);
  const {scripts} = JSON.parse(await readFile(join(cwd, 'my-chip', 'package.json'), 'utf8'));
  t.is(scripts.test, 'node --test');
  const tested = spawn(process.execPath, ['--test'], {
    cwd: join(cwd, 'my-chip'),
    env: {...process.env, NODE_TEST_CONTEXT: undefined},
    stdio: 'ignore',
  });
  t.deepEqual(await once(tested, 'exit'), [0, null]);
  const fewer = ['--filter', 'callback', '--json'];
  const proved = await runHeterodyne(t, [...argumentsOf('conformance'), ...fewer], {cwd});
  t.is(proved.status, 0, proved.stderr);
  const {device, passed, cases} = JSON.parse(proved.stdout);
  t.deepEqual([device, passed], ['MY_CHIP', cases.length]);
  t.true(passed > 2);
  const {url} = await sharedNats();
  const cluster = randomUUID();
  const coordinator = await runCoordinator({servers: url, cluster}, silentLog);
  t.teardown(() => coordinator.close());
  const env = {HETERODYNE_SERVERS: url, HETERODYNE_CLUSTER: cluster, XDG_CACHE_HOME: cwd};
  const node = new HeterodyneProcess(t, argumentsOf('node'), {cwd, env});
  await node.says(/is running with .*\/MY_CHIP/);
  node.kill('SIGTERM');
  t.is((await node.ended).status, 0);
});

test.serial('the operation that the page adds is claimed and computed', async t => {
  const cwd = await begun(t);
  const path = join(cwd, 'my-chip', 'operation-table.js');
  let code = await readFile(path, 'utf8');
  const additions = [...page.matchAll(/<!-- add before: (.+) -->\n\n```js\n([\s\S]*?)```/g)];
  t.is(additions.length, 2);
  for (const [, before = '', added = ''] of additions) {
    t.is(code.split(before).length, 2, `${before} is there once`);
    code = code.replace(before, `${added}${before}`);
  }
  await writeFile(path, code);
  const module = await import(pathToFileURL(join(cwd, 'my-chip', 'plugin.js')).href);
  const plugin: Plugin = module.createPluginEngine();
  t.teardown(() => plugin.close());
  const model = new NetworkBuilder()
    .input('x', 'f32', [2])
    .input('z', 'f64', [2])
    .node('Neg', 'x', 'y')
    .node('Neg', 'z', 'w')
    .output('y', 'f32', [2]);
  const source = {model: model.bytes(), weightsFile: undefined};
  const support = await plugin.queryNetwork(source, {});
  t.deepEqual(
    support.map(({supported}) => supported),
    [true, false],
  );
  const alone = new NetworkBuilder().input('x', 'f32', [2]).node('Neg', 'x', 'y').output('y');
  const network = await plugin.loadNetwork({...source, model: alone.bytes()}, {});
  t.teardown(() => network.release());
  const tensors = new Map([['x', tensorOf('f32', [2], [1, -2])]]);
  const result = await network.infer({tensors, owned: false, profile: false});
  t.deepEqual(result.tensors.get('y'), tensorOf('f32', [2], [-1, 2]));
});
