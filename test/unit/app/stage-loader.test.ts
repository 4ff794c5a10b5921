import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createPluginEngine as createCpu} from '../../../devices/cpu/index.js';
import {createPluginEngine as createWasm} from '../../../devices/wasm/index.js';
import type {CompiledRef} from '../../../schemas/compiled-network.js';
import {exportStage} from '../../../src/app/export-stage.js';
import {nodeCache} from '../../../src/app/node-cache.js';
import {StageLoader} from '../../../src/app/stage-loader.js';
import {invariant} from '../../../src/errors.js';
import type {ExecutableNetwork, Plugin} from '../../../src/plugin/plugin.js';
import type {BulkStore} from '../../../src/ports/bulk-store.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {externalTensorProto} from '../../support/external-network.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {recordedLog} from '../../support/recorded-log.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {tensorOf} from '../../support/tensor-of.js';

/** x -> MatMul w -> Relu -> y, w lying beside the network */
async function stored(t: ExecutionContext, bulk: BulkStore) {
  const values = Float32Array.from({length: 512 * 2}, (_, index) => (index % 7) - 3);
  const weightsFile = join(await temporaryFolder(t), 'weights');
  await writeFile(weightsFile, new Uint8Array(values.buffer));
  const model = new NetworkBuilder()
    .input('x', 'f32', [1, 512])
    .initializer('w', externalTensorProto([512, 2], {location: 'weights.bin'}))
    .node('MatMul', 'x w', 'h')
    .node('Relu', 'h', 'y')
    .output('y', 'f32', [1, 2])
    .bytes();
  const weights = await bulk.put(new Uint8Array(values.buffer));
  return {model: await bulk.put(model), weights};
}

async function loader(t: ExecutionContext, plugin: Plugin) {
  const bulk = createMemoryBulkStore();
  t.teardown(() => bulk.close());
  t.teardown(() => plugin.close());
  const log = recordedLog();
  const stages = new StageLoader({plugin, bulk, log, cache: nodeCache({}, log)});
  const network = await stored(t, bulk);
  const load = async (from: {
    readonly network: typeof network | null;
    readonly compiled: CompiledRef | null;
  }) => {
    const loaded = await stages.load({...from, config: {}, fullName: 'chip'});
    t.teardown(() => loaded.executable.release());
    return loaded;
  };
  return {bulk, log, network, load};
}

async function run(network: ExecutableNetwork) {
  const x = tensorOf(
    'f32',
    [1, 512],
    Array.from({length: 512}, (_, index) => index % 5),
  );
  const inference = {tensors: new Map([['x', x]]), owned: false, profile: false};
  return (await network.infer(inference)).tensors.get('y');
}

test('what a device exported is imported, weights and all', async t => {
  const plugin = createCpu();
  const {bulk, network, load, log} = await loader(t, plugin);
  const {executable, origin} = await load({network, compiled: null});
  t.is(origin, 'compiled');
  const compiled = await exportStage({plugin, executable, bulk});
  invariant(compiled?.weights, 'the weights are exported too');
  t.deepEqual(compiled.requirements, await plugin.runtimeRequirements?.());
  const imported = await load({network: null, compiled});
  t.is(imported.origin, 'blob');
  t.deepEqual(await run(imported.executable), await run(executable));
  t.deepEqual(log.messages, []);
});

test('where it cannot be imported, the network is compiled, if there is one', async t => {
  const plugin = createCpu();
  const {bulk, network, load, log} = await loader(t, plugin);
  const {executable} = await load({network, compiled: null});
  const compiled = await exportStage({plugin, executable, bulk});
  invariant(compiled, 'CPU exports');
  const others: Readonly<Record<string, CompiledRef>> = {
    BLOB_INCOMPATIBLE: {...compiled, requirements: {...compiled.requirements, onnxruntime: '0'}},
    INVALID_BLOB: {...compiled, content: await bulk.put(new Uint8Array(100).fill(7))},
  };
  for (const [code, other] of Object.entries(others)) {
    const again = await load({network, compiled: other});
    t.is(again.origin, 'compiled');
    t.deepEqual(await run(again.executable), await run(executable));
    await t.throwsAsync(load({network: null, compiled: other}), {code});
  }
  t.deepEqual(log.messages, Array(2).fill('an exported network is compiled again'));
});

test('content that the store has lost is as good as none', async t => {
  const plugin = createCpu();
  const {network, load} = await loader(t, plugin);
  const requirements = (await plugin.runtimeRequirements?.()) ?? {};
  const lost = {content: {digest: 'e'.repeat(64), bytes: 5}, weights: null, requirements};
  t.is((await load({network, compiled: lost})).origin, 'compiled');
  await t.throwsAsync(load({network: null, compiled: lost}), {code: 'INVALID_BLOB'});
});

test('a stage of a plugin that exports nothing is only its network', async t => {
  const plugin = createWasm();
  const {bulk, network, load} = await loader(t, plugin);
  const {executable} = await load({network, compiled: null});
  t.is(await exportStage({plugin, executable, bulk}), null);
  const compiled = {content: network.model, weights: null, requirements: {plugin: 'WASM'}};
  t.is((await load({network, compiled})).origin, 'compiled');
  await t.throwsAsync(load({network: null, compiled}), {code: 'BLOB_INCOMPATIBLE'});
});
