import {randomUUID} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {ConnectOptions} from '../../src/app/connect-options.js';
import {runCoordinator} from '../../src/app/run-coordinator.js';
import {runNode} from '../../src/app/run-node.js';
import {Core} from '../../src/index.js';
import {silentLog} from '../../src/ports/log.js';
import {createdPlugin} from '../support/created-plugin.js';
import {HeterodyneProcess, runHeterodyne} from '../support/heterodyne-process.js';
import {sharedNats, stopSharedNats} from '../support/nats.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {runCommand} from '../support/run-command.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';

test.after.always(stopSharedNats);

/** x -> Relu -> h -> Exp -> y, of which a created plugin runs the first half. */
const network = new NetworkBuilder()
  .input('x', 'f32', [2])
  .node('Relu', 'x', 'h')
  .node('Exp', 'h', 'y')
  .output('y', 'f32', [2])
  .bytes();

test.serial(
  "a third-party plugin runs in a process of its node's, and shares a network",
  async t => {
    const cache = await mkdtemp(join(tmpdir(), 'heterodyne-cache-'));
    t.teardown(() => rm(cache, {recursive: true, force: true}));
    process.env['XDG_CACHE_HOME'] = cache;
    const plugin = await createdPlugin(await temporaryFolder(t), 'my-chip');
    const {url} = await sharedNats();
    const connect: ConnectOptions = {servers: url, cluster: randomUUID()};
    const coordinator = await runCoordinator(connect, silentLog);
    t.teardown(() => coordinator.close());
    const log = silentLog;
    const node = await runNode({name: 'host-a', devices: ['CPU'], plugins: [plugin], connect, log});
    t.teardown(() => node.close());
    t.deepEqual(node.devices, ['host-a/CPU', 'host-a/MY_CHIP']);
    const core = await Core.connect(connect);
    t.teardown(() => core.close());
    const loaded = await core.loadNetwork(await core.readNetwork(network), 'HETERO:MY_CHIP,CPU');
    const kinds = loaded.stageGraph.stages.map(({device}) => device);
    t.deepEqual(kinds, ['MY_CHIP', 'CPU']);
    const outputs = await loaded.createInferRequest().infer({x: tensorOf('f32', [2], [-1, 0])});
    t.deepEqual(outputs['y']?.data, Float32Array.of(1, 1));
  },
);

test.serial(
  'two devices of one kind are chosen by number, by DEVICE_ID, and by config',
  async t => {
    const cache = await mkdtemp(join(tmpdir(), 'heterodyne-cache-'));
    t.teardown(() => rm(cache, {recursive: true, force: true}));
    process.env['XDG_CACHE_HOME'] = cache;
    const plugin = fileURLToPath(new URL('../support/two-chips.js', import.meta.url));
    const {url} = await sharedNats();
    const connect: ConnectOptions = {servers: url, cluster: randomUUID()};
    const coordinator = await runCoordinator(connect, silentLog);
    t.teardown(() => coordinator.close());
    const log = silentLog;
    const node = await runNode({name: 'host-a', devices: [], plugins: [plugin], connect, log});
    t.teardown(() => node.close());
    t.deepEqual(node.devices, ['host-a/CHIP.0', 'host-a/CHIP.1']);
    const core = await Core.connect(connect);
    t.teardown(() => core.close());
    t.deepEqual(await core.getAvailableDevices(), ['CHIP.0', 'CHIP.1']);
    const read = await core.readNetwork(network);
    const loadedOn = async (device: string, config = {}) => {
      const loaded = await core.loadNetwork(read, device, config);
      const outputs = await loaded.createInferRequest().infer({x: tensorOf('f32', [2], [-1, 0])});
      t.deepEqual(outputs['y']?.data, Float32Array.of(1, 1));
      return loaded.getMetric('EXECUTION_DEVICES');
    };
    t.deepEqual(await loadedOn('CHIP'), ['host-a/CHIP.0']);
    t.deepEqual(await loadedOn('CHIP.1'), ['host-a/CHIP.1']);
    t.deepEqual(await loadedOn('CHIP', {DEVICE_ID: 1}), ['host-a/CHIP.1']);
    t.deepEqual(await loadedOn('CHIP.1', {'CHIP.CHIP_MODE': 'fast'}), ['host-a/CHIP.1']);
    t.deepEqual(await loadedOn('HETERO:CHIP.1,CHIP.0'), ['host-a/CHIP.1']);
    t.is(await core.getMetric('CHIP', 'CHIP_LOADS'), 1);
    t.deepEqual(await core.getMetric('CHIP', 'AVAILABLE_DEVICES'), node.devices);
    t.deepEqual(Object.keys(await core.getVersions('CHIP')), node.devices);
    t.is(await core.getMetric('CHIP.1', 'CHIP_LOADS'), 103);
    t.is(await core.getMetric('CHIP.1', 'FULL_DEVICE_NAME'), 'chip 1');
    t.is(await core.getConfig('CHIP', 'CHIP_MODE'), 'cool');
    await t.throwsAsync(loadedOn('CHIP', {DEVICE_ID: 2}), {code: 'UNKNOWN_DEVICE'});
    await t.throwsAsync(loadedOn('CHIP', {'CHIP.CHIP_MOD': 'fast'}), {
      code: 'UNKNOWN_CONFIG_KEY',
      message: /did you mean CHIP_MODE\?/,
    });
  },
);

/** A plugin of a few words, in a file; gives its path. */
async function writtenPlugin(t: ExecutionContext, methods: string): Promise<string> {
  const path = join(await temporaryFolder(t), 'plugin.mjs');
  const rest = 'queryNetwork() {}, loadNetwork() {}, async close() {}';
  const plugin = `{name: 'FEW', version: '1', ${methods}, ${rest}}`;
  await writeFile(path, `export const createPluginEngine = () => (${plugin});`);
  return path;
}

test.serial('a device that does not tell what it is is listed all the same', async t => {
  const devices = "devices: async () => [{id: '', fullName: 'a few', capabilities: []}]";
  const silent = "getMetrics: async () => { throw new Error('not today'); }";
  const plugin = await writtenPlugin(t, `${devices}, ${silent}`);
  const {url} = await sharedNats();
  const connect: ConnectOptions = {servers: url, cluster: randomUUID()};
  const coordinator = await runCoordinator(connect, silentLog);
  t.teardown(() => coordinator.close());
  const setting = {name: 'host-a', devices: [], plugins: [plugin], connect, log: silentLog};
  const node = await runNode(setting);
  t.teardown(() => node.close());
  const env = {HETERODYNE_SERVERS: url, HETERODYNE_CLUSTER: connect.cluster ?? ''};
  const listed = await runHeterodyne(t, ['devices', '-v'], {env});
  t.is(listed.status, 0, listed.stderr);
  t.regex(listed.stdout, /host-a\/FEW +alive +a few/);
  t.regex(listed.stderr, /host-a\/FEW: INTERNAL: not today/);
});

test.serial('a node that finds no device does not start', async t => {
  const plugin = await writtenPlugin(t, 'devices: async () => []');
  const {url} = await sharedNats();
  const connect: ConnectOptions = {servers: url, cluster: randomUUID()};
  const setting = {name: 'host-a', devices: [], plugins: [plugin], connect, log: silentLog};
  await t.throwsAsync(runNode(setting), {code: 'UNKNOWN_DEVICE', message: /none was found/});
});

test.serial(
  'a node that is interrupted while a plugin starts ends, and so does the plugin',
  async t => {
    const devices = "devices: () => new Promise(() => console.error('never comes up'))";
    const plugin = await writtenPlugin(t, devices);
    const {url} = await sharedNats();
    const env = {HETERODYNE_SERVERS: url, HETERODYNE_CLUSTER: randomUUID()};
    const node = new HeterodyneProcess(t, ['node', '-d', 'CPU', '--plugin', plugin], {env});
    await node.says(/never comes up/);
    node.kill('SIGTERM');
    // Its stderr, which the plugin's process shares, is closed by then.
    t.is((await node.ended).status, 0);
  },
);

test.serial('a plugin that does not close ends all the same when its node is gone', async t => {
  const path = join(await temporaryFolder(t), 'plugin.mjs');
  const device = "{id: '', fullName: 'a few', capabilities: []}";
  const methods = `devices: async () => [${device}], queryNetwork() {}, loadNetwork() {}`;
  const close = 'close() { setInterval(() => {}, 1000); return new Promise(() => {}); }';
  const plugin = `{name: 'FEW', version: '1', ${methods}, ${close}}`;
  await writeFile(path, `export const createPluginEngine = () => (${plugin});`);
  const {url} = await sharedNats();
  const env = {HETERODYNE_SERVERS: url, HETERODYNE_CLUSTER: randomUUID()};
  const args = ['node', '--name', 'host-a', '-d', 'CPU', '--plugin', path];
  const node = new HeterodyneProcess(t, args, {env, timeoutMs: 100_000});
  await node.says(/is running with/);
  node.kill('SIGKILL');
  // Its stderr is closed once the processes that share it have ended.
  t.is((await node.ended).signal, 'SIGKILL');
});

test('a created plugin is tried by its path, in processes of their own', async t => {
  const plugin = await createdPlugin(await temporaryFolder(t), 'my-chip');
  const {printed} = await runCommand(
    ...['conformance', '--plugin', plugin, '--filter', 'callback', '--json'],
  );
  const {device, passed, failed, unsupported, crashed, hanging, cases} = JSON.parse(printed);
  t.is(device, 'MY_CHIP');
  t.true(passed > 4);
  t.deepEqual([failed, unsupported, crashed, hanging], [0, 0, 0, 0]);
  for (const {group, outcome} of cases) t.deepEqual([group, outcome], ['behaviour', 'passed']);
});

test('a plugin that is not there ends the command with words', async t => {
  const ended = await runHeterodyne(t, ['node', '--plugin', './absent.js']);
  t.is(ended.status, 1);
  t.regex(ended.stderr, /FILE_UNREADABLE.*plugin \.\/absent\.js: expected a file/s);
});

test('create-plugin writes over nothing, and refuses what is no name', async t => {
  const cwd = await temporaryFolder(t);
  const first = await runHeterodyne(t, ['create-plugin', 'my-chip'], {cwd});
  t.is(first.status, 0);
  t.regex(first.stderr, /my-chip holds the plugin MY_CHIP/);
  const second = await runHeterodyne(t, ['create-plugin', 'my-chip'], {cwd});
  t.is(second.status, 1);
  t.regex(second.stderr, /INVALID_ARGUMENT.*my-chip cannot be made/s);
  const third = await runHeterodyne(t, ['create-plugin', '../elsewhere'], {cwd});
  t.regex(third.stderr, /INVALID_ARGUMENT.*a plugin's name/s);
});
