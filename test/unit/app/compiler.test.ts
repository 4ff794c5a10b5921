import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createPluginEngine as createCpu} from '../../../devices/cpu/index.js';
import {Compiler} from '../../../src/app/compiler.js';
import {nodeCache} from '../../../src/app/node-cache.js';
import {InferenceError} from '../../../src/errors.js';
import type {Config, Plugin} from '../../../src/plugin/plugin.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {recordedLog} from '../../support/recorded-log.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {tensorOf} from '../../support/tensor-of.js';

const digest = (digit: string) => ({digest: digit.repeat(64), bytes: 1});
const network = {model: digest('a'), weights: null};

/** A plugin that tells what it did; what it compiles are the bytes of its name. */
function toyPlugin(changes: Partial<Plugin> = {}): Plugin & {readonly steps: string[]} {
  const steps: string[] = [];
  const executable = {
    ...{inputs: [], outputs: [], slots: 1},
    infer: async () => ({tensors: new Map(), executeUs: 1}),
    exportNetwork: async () => ({content: Uint8Array.of(7), weightsFile: undefined}),
    release: async () => {},
  };
  const made = (step: string) => async () => {
    steps.push(step);
    return executable;
  };
  return {
    steps,
    name: 'TOY',
    version: '1',
    cachingProperties: ['PERF_COUNT'],
    devices: async () => [],
    queryNetwork: async () => [],
    loadNetwork: made('compiled'),
    importNetwork: made('imported'),
    canImport: async () => ({supported: true}),
    runtimeRequirements: async () => ({runtime: '1.0'}),
    close: async () => {},
    ...changes,
  };
}

async function compilerOf(t: ExecutionContext, plugin: Plugin, given?: string) {
  const dir = given ?? (await temporaryFolder(t));
  const log = recordedLog();
  const fetch = async () => ({model: new Uint8Array(), weightsFile: undefined});
  const compiler = new Compiler({plugin, cache: nodeCache({dir}, log), log, fetch});
  const load = async (config: Config = {}, of = network, fullName = 'chip') =>
    (await compiler.load({network: of, config, fullName})).origin === 'cache';
  return {dir, log, load};
}

test('what was compiled once is imported from then on', async t => {
  const plugin = toyPlugin();
  const {load, dir} = await compilerOf(t, plugin);
  t.deepEqual([await load(), await load()], [false, true]);
  const later = await compilerOf(t, plugin, dir);
  t.true(await later.load());
  t.deepEqual(plugin.steps, ['compiled', 'imported', 'imported']);
});

test('another network, device, plugin or runtime is compiled', async t => {
  const {load, dir} = await compilerOf(t, toyPlugin());
  await load();
  t.false(await load({}, {...network, model: digest('b')}));
  t.false(await load({}, network, 'faster chip'));
  const others = [
    toyPlugin({name: 'OTHER'}),
    toyPlugin({version: '2'}),
    toyPlugin({runtimeRequirements: async () => ({runtime: '1.1'})}),
  ];
  for (const plugin of others) t.false(await (await compilerOf(t, plugin, dir)).load());
});

test('only config that changes what is compiled makes a difference', async t => {
  const {load} = await compilerOf(t, toyPlugin());
  await load();
  t.true(await load({NUM_STREAMS: 2, PERF_COUNT: 'NO'}));
  t.false(await load({PERF_COUNT: true}));
  const {cachingProperties: _, ...careful} = toyPlugin();
  const anyChange = await compilerOf(t, careful);
  await anyChange.load({NUM_STREAMS: 2});
  t.false(await anyChange.load({NUM_STREAMS: 3}));
  t.true(await anyChange.load({NUM_STREAMS: '2'}));
});

test('a load may ask for a part of the cache of its own, or for none', async t => {
  const plugin = toyPlugin();
  const {load, dir} = await compilerOf(t, plugin);
  t.deepEqual([await load({CACHE_DIR: ''}), await load({CACHE_DIR: ''})], [false, false]);
  t.deepEqual(await readdir(dir), []);
  t.deepEqual([await load({CACHE_DIR: 'mine'}), await load({CACHE_DIR: 'mine'})], [false, true]);
  t.deepEqual(await readdir(dir), ['mine']);
  t.false(await load());
});

test('a path out of the cache is no part of it', async t => {
  const {load} = await compilerOf(t, toyPlugin());
  for (const CACHE_DIR of ['/tmp', '..', '../x', 'a/b', '.part-x', 'x'.repeat(65)]) {
    await t.throwsAsync(load({CACHE_DIR}), {code: 'INVALID_CONFIG_VALUE'});
  }
});

test('what many ask for at once is compiled once', async t => {
  const plugin = toyPlugin();
  const {load} = await compilerOf(t, plugin);
  const cached = await Promise.all(Array.from({length: 8}, () => load()));
  t.is(cached.filter(each => !each).length, 1);
  t.is(plugin.steps.filter(step => step === 'compiled').length, 1);
});

test('a network that does not compile fails each who asked, and caches nothing', async t => {
  const loadNetwork = async () => {
    throw new InferenceError('COMPILE_FAILED', 'no kernel');
  };
  const {load, dir} = await compilerOf(t, toyPlugin({loadNetwork}));
  const loads = await Promise.allSettled([load(), load()]);
  t.deepEqual(
    loads.map(({status}) => status),
    ['rejected', 'rejected'],
  );
  t.deepEqual(await readdir(dir), []);
});

test('a cached network that the plugin refuses is compiled again', async t => {
  let refuses = true;
  const whole = toyPlugin();
  const plugin = toyPlugin({
    importNetwork: async (compiled, config) => {
      if (refuses) throw new InferenceError('INVALID_BLOB', 'what is this?');
      return whole.importNetwork?.(compiled, config) as never;
    },
  });
  const {load, log} = await compilerOf(t, plugin);
  await load();
  t.false(await load());
  t.deepEqual(log.messages, ['a cached network is not imported']);
  refuses = false;
  t.true(await load());
});

test('a plugin that imports nothing, or fails to say what it needs, just compiles', async t => {
  const {importNetwork: _, ...plugin} = toyPlugin();
  const without = await compilerOf(t, plugin);
  t.deepEqual([await without.load(), await without.load()], [false, false]);
  const runtimeRequirements = async () => {
    throw new InferenceError('DEVICE_LOST', 'the worker ended');
  };
  const failing = await compilerOf(t, toyPlugin({runtimeRequirements}));
  t.false(await failing.load());
  t.deepEqual(failing.log.messages, ['nothing is cached']);
});

test('where nothing can be written, networks are compiled each time', async t => {
  const dir = join(await temporaryFolder(t), 'file');
  await writeFile(dir, 'no folder');
  const {load} = await compilerOf(t, toyPlugin(), dir);
  t.deepEqual([await load(), await load()], [false, false]);
});

test('CPU computes the same from the cache, and after an entry was spoilt', async t => {
  const plugin = createCpu();
  t.teardown(() => plugin.close());
  const dir = await temporaryFolder(t);
  const log = recordedLog();
  const model = new NetworkBuilder()
    .input('x', 'f32', [1, 2])
    .initializer('w', tensorOf('f32', [2, 2], [1, 2, 3, 4]))
    .node('MatMul', 'x w', 'h')
    .node('Relu', 'h', 'y')
    .output('y', 'f32', [1, 2])
    .bytes();
  const fetch = async () => ({model, weightsFile: undefined});
  const compiler = new Compiler({plugin, cache: nodeCache({dir}, log), log, fetch});
  const run = async () => {
    const {executable, origin} = await compiler.load({network, config: {}, fullName: 'chip'});
    const tensors = new Map([['x', tensorOf('f32', [1, 2], [1, -1])]]);
    const result = await executable.infer({tensors, owned: false, profile: false});
    await executable.release();
    return {origin, y: result.tensors.get('y')};
  };
  const y = tensorOf('f32', [1, 2], [0, 0]);
  t.deepEqual(
    [await run(), await run()],
    [
      {origin: 'compiled', y},
      {origin: 'cache', y},
    ],
  );
  const content = join(dir, (await readdir(dir))[0] ?? '', 'content');
  const bytes = await readFile(content);
  bytes[bytes.length >> 1] = ~(bytes[bytes.length >> 1] ?? 0);
  await writeFile(content, bytes);
  t.deepEqual(
    [await run(), await run()],
    [
      {origin: 'compiled', y},
      {origin: 'cache', y},
    ],
  );
});
