import test, {type ExecutionContext} from 'ava';
import {nodeCache} from '../../../src/app/node-cache.js';
import {PluginHost} from '../../../src/app/plugin-host.js';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import type {ExecutableNetwork, Plugin} from '../../../src/plugin/plugin.js';
import {silentLog} from '../../../src/ports/log.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {ManualTimers} from '../../support/manual-timers.js';
import {VirtualWorld} from '../../support/virtual-world.js';

/** A host of a plugin that compiles when a test says so. */
async function hosted(t: ExecutionContext, more: Partial<ExecutableNetwork> = {}) {
  const bulk = createMemoryBulkStore();
  t.teardown(() => bulk.close());
  const steps: string[] = [];
  let compile = () => {};
  const executable: ExecutableNetwork = {
    inputs: [],
    outputs: [],
    slots: 3,
    infer: async () => ({tensors: new Map(), executeUs: 1}),
    release: async () => void steps.push('released'),
    ...more,
  };
  const plugin: Plugin = {
    name: 'CPU',
    version: '1',
    devices: async () => [],
    queryNetwork: async () => [{name: 'conv', supported: true}],
    loadNetwork: () =>
      new Promise(resolve => {
        compile = () => resolve(executable);
      }),
    runtimeRequirements: async () => ({chip: 'CPU'}),
    close: async () => void steps.push('closed'),
  };
  const system = new ActorSystem(new VirtualWorld());
  const timers = new ManualTimers();
  const stuck = {count: 0};
  const onStuck = () => {
    stuck.count++;
  };
  const cache = nodeCache({}, silentLog);
  const host = new PluginHost({plugin, bulk, system, cache, timers, onStuck});
  const network = {model: await bulk.put(Uint8Array.of(1, 2, 3)), weights: null};
  const load = (config = {}) =>
    host.run({
      kind: 'load',
      address: 'stage.1',
      network,
      compiled: null,
      config,
      batch: 1,
      overridable: [],
      fullName: 'chip',
    });
  return {host, network, steps, load, compile: () => compile(), system, timers, stuck};
}

/** Until every promise that was ready has been followed. */
const settled = () => new Promise(resolve => setImmediate(resolve));

test('a loaded stage says what it runs at once and what may wait', async t => {
  const {load, compile} = await hosted(t);
  const loading = [load(), load({QUEUED_MAX: '7'})];
  const [first, second] = loading;
  await settled();
  compile();
  t.deepEqual(await second, {slots: 3, queuedMax: 7, origin: 'compiled'});
  t.truthy(first);
});

test("a plugin's own config keys are its own business", async t => {
  const {load, compile} = await hosted(t);
  const loading = load({CHIP_MODE: 'fast', QUEUED_MAX: 7});
  await settled();
  compile();
  t.deepEqual(await loading, {slots: 3, queuedMax: 7, origin: 'compiled'});
});

test('a query is the answer of the plugin', async t => {
  const {host, network} = await hosted(t);
  const answer = await host.run({kind: 'query', network, config: {}});
  t.deepEqual(answer, [{name: 'conv', supported: true}]);
});

test('a stage is released once, however often it is asked for', async t => {
  const {host, load, compile, steps} = await hosted(t);
  const loading = load();
  await settled();
  compile();
  await loading;
  t.is(await host.run({kind: 'release', address: 'stage.1'}), null);
  t.is(await host.run({kind: 'release', address: 'stage.1'}), null);
  t.deepEqual(steps, ['released']);
});

test('close releases what is loaded, then the plugin', async t => {
  const {host, load, compile, steps} = await hosted(t);
  const loading = load();
  await settled();
  compile();
  await loading;
  await host.close();
  t.deepEqual(steps, ['released', 'closed']);
});

test('what is loaded after close is released, and its load is RELEASED', async t => {
  const {host, load, compile, steps} = await hosted(t);
  const loading = load();
  await settled();
  await host.close();
  compile();
  t.like(await t.throwsAsync(loading), {code: 'RELEASED'});
  t.deepEqual(steps, ['closed', 'released']);
});

test('a query that comes to nothing before close does not wake the plugin', async t => {
  const {host, network} = await hosted(t);
  const asking = host.run({kind: 'query', network, config: {}});
  const closing = host.close();
  await t.throwsAsync(asking, {code: 'RELEASED'});
  await closing;
});

test('each device of a plugin is measured, once', async t => {
  const {host, compile, steps} = await hosted(t);
  const measured = async (id: string) => {
    const answer = host.run({kind: 'measure', config: {DEVICE_ID: id}});
    compile();
    await answer;
    return steps.length;
  };
  t.is(await measured('0'), 1, 'what is measured is loaded, and released');
  t.is(await measured('0'), 1);
  t.is(await measured('1'), 2);
});

const exporting = {kind: 'export', address: 'stage.1'} as const;

test('what was compiled is stored, and its network with it', async t => {
  const {host, network, load, compile} = await hosted(t, {
    exportNetwork: async () => ({content: Uint8Array.of(7, 8), weightsFile: undefined}),
  });
  const loading = load({NUM_STREAMS: 3});
  await settled();
  compile();
  await loading;
  t.like(await host.run(exporting), {
    network,
    config: {NUM_STREAMS: 3},
    compiled: {content: {bytes: 2}, weights: null, requirements: {chip: 'CPU'}},
  });
});

test('what cannot be written is left out: the network travels alone', async t => {
  const {host, network, load, compile} = await hosted(t, {
    exportNetwork: async () => {
      throw Object.assign(new Error('no space left on device'), {code: 'ENOSPC'});
    },
  });
  const loading = load();
  await settled();
  compile();
  await loading;
  t.deepEqual(await host.run(exporting), {network, config: {}, compiled: null});
});

test('what was released, or never loaded, is not exported', async t => {
  const {host, load, compile} = await hosted(t);
  await t.throwsAsync(host.run(exporting), {code: 'RELEASED'});
  const loading = load();
  await settled();
  compile();
  await loading;
  t.like(await host.run(exporting), {compiled: null});
  await host.close();
  await t.throwsAsync(host.run(exporting), {code: 'RELEASED'});
});

for (const exclusive of [false, true]) {
  const what = exclusive ? 'that takes turns with others is watched first' : 'is told at once';
  test(`a kernel that does not end ${what}`, async t => {
    const {system, load, compile, timers, stuck} = await hosted(t, {
      infer: () => new Promise(() => {}),
    });
    const loading = load({EXCLUSIVE_ASYNC_REQUESTS: exclusive});
    await settled();
    compile();
    await loading;
    const tasks = [{tensors: new Map(), owned: true, profile: false}, {kind: 'stuck'}];
    system.spawn('stage.1', {
      parse: message => message,
      receive: () => [],
      start: () =>
        tasks.map(each => ({do: 'run', executor: 'stage.1', task: each, settled: () => null})),
    });
    await settled();
    t.is(stuck.count, exclusive ? 0 : 1);
    timers.advance(10_000);
    t.is(stuck.count, 1);
  });
}
