import {randomUUID} from 'node:crypto';
import {readdir, readFile, truncate} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {runCoordinator} from '../../src/app/run-coordinator.js';
import {runNode} from '../../src/app/run-node.js';
import {type Config, Core} from '../../src/index.js';
import {silentLog} from '../../src/ports/log.js';
import {floats, line} from '../support/cluster-networks.js';
import {eventually} from '../support/eventually.js';
import {withNats} from '../support/nats.js';
import {temporaryFolder} from '../support/temporary-folder.js';

/* The cache of compiled networks as a user has it: one cluster after another, and two at a time. */

/** A cluster whose node keeps what it compiles in `dir`. */
async function opened(t: ExecutionContext, dir: string): Promise<Core> {
  const core = await Core.embedded({devices: ['CPU'], cache: {dir}});
  t.teardown(() => core.close());
  return core;
}

/** Whether the network came from the cache; what it computes is checked. */
async function isCached(t: ExecutionContext, core: Core, config: Config = {}): Promise<boolean> {
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU', config);
  const {y} = await executable.createInferRequest().infer({x: floats([1, 2], 2)});
  t.deepEqual([...(y?.data ?? [])], [3, 5]);
  await executable.release();
  return executable.getMetric('LOADED_FROM_CACHE');
}

test.serial('what one cluster compiled the next one has', async t => {
  const dir = await temporaryFolder(t);
  const first = await opened(t, dir);
  t.deepEqual([await isCached(t, first), await isCached(t, first)], [false, true]);
  await first.close();
  const second = await opened(t, dir);
  t.true(await isCached(t, second));
  t.false(await isCached(t, second, {CACHE_DIR: ''}));
});

test.serial('two clusters that share a folder and load at once agree', async t => {
  const dir = await temporaryFolder(t);
  const cores = await Promise.all([opened(t, dir), opened(t, dir)]);
  await Promise.all([...cores, ...cores].map(core => isCached(t, core)));
  t.is((await readdir(dir)).length, 1);
  t.deepEqual(await Promise.all(cores.map(core => isCached(t, core))), [true, true]);
});

test.serial('an entry that was cut short is compiled anew, and is whole again', async t => {
  const dir = await temporaryFolder(t);
  const core = await opened(t, dir);
  await isCached(t, core);
  const content = join(dir, (await readdir(dir))[0] ?? '', 'content');
  const whole = await readFile(content);
  await truncate(content, whole.length >> 1);
  t.deepEqual([await isCached(t, core), await isCached(t, core)], [false, true]);
  t.deepEqual(await readFile(content), whole);
});

test.serial('a node has what it compiled before it was started again', async t => {
  const dir = await temporaryFolder(t);
  process.env['XDG_CACHE_HOME'] = await temporaryFolder(t); // Device processes inherit it.
  const {url: servers} = await withNats(t);
  const connect = {servers, cluster: randomUUID()};
  const coordinator = await runCoordinator(connect, silentLog);
  t.teardown(() => coordinator.close());
  const core = await Core.connect(connect);
  t.teardown(() => core.close());
  const cached: boolean[] = [];
  for (const name of ['first', 'again']) {
    const node = await runNode({name, devices: ['CPU'], connect, cache: {dir}, log: silentLog});
    t.teardown(() => node.close());
    await eventually(
      async () => (await core.getDeviceDescriptions()).map(device => device.node),
      nodes => nodes.join() === name,
    );
    cached.push(await isCached(t, core));
    await node.close();
  }
  t.deepEqual(cached, [false, true]);
});
