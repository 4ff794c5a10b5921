import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {invariant} from '../../src/errors.js';
import type {
  CompiledNetwork,
  Config,
  ExecutableNetwork,
  NetworkSource,
  Plugin,
} from '../../src/plugin/plugin.js';
import {externalTensorProto} from '../support/external-network.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {temporaryFolder} from '../support/temporary-folder.js';
import {tensorOf} from '../support/tensor-of.js';

type Exporting = Plugin & Required<Pick<Plugin, 'importNetwork' | 'canImport'>>;
type Create = () => Plugin | Promise<Plugin>;
type Check = (
  title: string,
  run: (t: ExecutionContext, plugin: Exporting) => Promise<void>,
) => void;

/** What every plugin keeps that can export and import. */
export function conformsToExports(name: string, create: Create): void {
  // Serial: each loads networks on threads of its own.
  const check: Check = (title, run) =>
    test.serial(`${name}: ${title}`, async t => run(t, await exporting(t, create)));

  travels(check, create);
  tellsWhatItCanImport(check);
  refusesBlobs(check);
}

function travels(check: Check, create: Create): void {
  check('a device tells that its networks can be exported', async (t, plugin) => {
    for (const {capabilities} of await plugin.devices()) {
      t.true(capabilities.includes('EXPORT_IMPORT'));
    }
  });

  check('what is exported is imported elsewhere and gives the same', async (t, plugin) => {
    const network = await load(t, plugin, {model: perceptron(), weightsFile: undefined});
    const elsewhere = await exporting(t, create);
    const imported = await importInto(t, elsewhere, await exportOf(t, network), {NUM_STREAMS: 2});
    t.is(imported.slots, 2);
    t.deepEqual(imported.inputs, network.inputs);
    t.deepEqual(imported.outputs, network.outputs);
    for (const x of [tensorOf('f32', [1, 3], [1, 2, 3]), tensorOf('f32', [2, 3])]) {
      t.deepEqual(await infer(imported, {x}), await infer(network, {x}));
    }
  });

  check('what was imported is exported again, as it came', async (t, plugin) => {
    const network = await load(t, plugin, {model: perceptron(), weightsFile: undefined});
    const compiled = await exportOf(t, network);
    const imported = await importInto(t, plugin, compiled);
    const again = await exportOf(t, imported);
    t.true(Buffer.from(again.content).equals(compiled.content));
  });

  check('weights beside a network travel beside it', async (t, plugin) => {
    const source = await besideWeights(t);
    const network = await load(t, plugin, source);
    const compiled = await exportOf(t, network);
    t.not(compiled.weightsFile, undefined);
    const imported = await importInto(t, plugin, compiled);
    const again = await exportOf(t, imported);
    const x = tensorOf(
      'f32',
      [2, 512],
      Array.from({length: 1024}, (_, index) => index % 5),
    );
    const expected = await infer(network, {x});
    t.deepEqual(await infer(imported, {x}), expected);
    t.deepEqual(await infer(await importInto(t, plugin, again), {x}), expected);
  });

  check('initializers of an imported network may be overridden', async (t, plugin) => {
    const network = await load(t, plugin, {model: perceptron(), weightsFile: undefined});
    const imported = await importInto(t, plugin, await exportOf(t, network));
    const inputs = {x: tensorOf('f32', [1, 3], [1, 2, 3]), c: tensorOf('f32', [2], [100, 200])};
    t.deepEqual(await infer(imported, inputs), await infer(network, inputs));
    t.notDeepEqual(await infer(imported, inputs), await infer(imported, {x: inputs.x}));
  });

  check('networks whose requests exclude each other are exported too', async (t, plugin) => {
    const source = {model: perceptron(), weightsFile: undefined};
    const network = await plugin.loadNetwork(source, {EXCLUSIVE_ASYNC_REQUESTS: true});
    t.teardown(() => network.release());
    t.true((await exportOf(t, network)).content.length > 0);
  });
}

function tellsWhatItCanImport(check: Check): void {
  check('its own requirements are met, others are not, and it says which', async (t, plugin) => {
    const own = await plugin.runtimeRequirements?.();
    invariant(own, 'a plugin that exports says what its networks need');
    t.deepEqual(await plugin.canImport(own), {supported: true});
    for (const [name, value] of Object.entries(own)) {
      const support = await plugin.canImport({...own, [name]: `not ${value}`});
      t.regex(support.supported ? '' : support.reason, new RegExp(`${name} not ${value}`));
    }
    t.false((await plugin.canImport({...own, vision: 'night'})).supported);
    t.false((await plugin.canImport({})).supported);
  });
}

function refusesBlobs(check: Check): void {
  const wrong: readonly (readonly [string, (content: Uint8Array) => Uint8Array])[] = [
    ['nothing', () => new Uint8Array()],
    ['other bytes', () => new TextEncoder().encode('not a network, but long enough to be one')],
    ['half of it', content => content.slice(0, content.length / 2)],
  ];
  for (const [what, spoil] of wrong) {
    check(`${what} instead of what was exported is refused`, async (t, plugin) => {
      const network = await load(t, plugin, {model: perceptron(), weightsFile: undefined});
      const {content} = await exportOf(t, network);
      const compiled = {content: spoil(content), weightsFile: undefined};
      await t.throwsAsync(plugin.importNetwork(compiled, {}), {code: 'INVALID_BLOB'});
    });
  }

  check('an import without its weights, or with too few, is refused', async (t, plugin) => {
    const network = await load(t, plugin, await besideWeights(t));
    const {content} = await exportOf(t, network);
    const absent = plugin.importNetwork({content, weightsFile: undefined}, {});
    await t.throwsAsync(absent, {code: 'INVALID_BLOB'});
    const weightsFile = join(await temporaryFolder(t), 'short');
    await writeFile(weightsFile, new Uint8Array(100));
    const short = plugin.importNetwork({content, weightsFile}, {});
    await t.throwsAsync(short, {code: 'INVALID_BLOB'});
  });

  check('config is checked at import as at load', async (t, plugin) => {
    const network = await load(t, plugin, {model: perceptron(), weightsFile: undefined});
    const compiled = await exportOf(t, network);
    const importing = async (config: Config) => plugin.importNetwork(compiled, config);
    await t.throwsAsync(importing({NUM_STREAM: 1}), {code: 'UNKNOWN_CONFIG_KEY'});
    await t.throwsAsync(importing({NUM_STREAMS: 0}), {code: 'INVALID_CONFIG_VALUE'});
  });
}

async function exporting(t: ExecutionContext, create: Create): Promise<Exporting> {
  const plugin = await create();
  t.teardown(() => plugin.close());
  invariant(plugin.importNetwork && plugin.canImport, 'this plugin exports nothing');
  return plugin as Exporting;
}

async function load(
  t: ExecutionContext,
  plugin: Plugin,
  source: NetworkSource,
): Promise<ExecutableNetwork> {
  const network = await plugin.loadNetwork(source, {});
  t.teardown(() => network.release());
  return network;
}

async function importInto(
  t: ExecutionContext,
  plugin: Exporting,
  compiled: CompiledNetwork,
  config: Config = {},
): Promise<ExecutableNetwork> {
  const network = await plugin.importNetwork(compiled, config);
  t.teardown(() => network.release());
  return network;
}

async function exportOf(t: ExecutionContext, network: ExecutableNetwork): Promise<CompiledNetwork> {
  const folder = join(await temporaryFolder(t), 'export');
  await mkdir(folder);
  const compiled = await network.exportNetwork?.(folder);
  invariant(compiled, 'this network is not exported');
  return compiled;
}

async function infer(
  network: ExecutableNetwork,
  inputs: Readonly<Record<string, TensorData>>,
): Promise<NamedTensors> {
  const tensors = new Map(Object.entries(inputs));
  return (await network.infer({tensors, owned: false, profile: false})).tensors;
}

/** x -> MatMul w -> Add c -> Relu -> y, c being one to override */
function perceptron(): Uint8Array {
  return new NetworkBuilder()
    .input('x', 'f32', ['n', 3])
    .initializer('w', tensorOf('f32', [3, 2], [1, 2, 3, 4, 5, 6]))
    .overridable('c', tensorOf('f32', [2], [1, -1]))
    .node('MatMul', 'x w', 'h')
    .node('Add', 'h c', 'k')
    .node('Relu', 'k', 'y')
    .output('y', 'f32', ['n', 2])
    .bytes();
}

/** x -> MatMul w -> Relu -> y, w lying beside the network */
async function besideWeights(t: ExecutionContext): Promise<NetworkSource> {
  const weightsFile = join(await temporaryFolder(t), 'content');
  const values = Float32Array.from({length: 512 * 4}, (_, index) => (index % 13) - 6);
  await writeFile(weightsFile, new Uint8Array(values.buffer));
  const weights = externalTensorProto([512, 4], {location: 'weights.bin'});
  const model = new NetworkBuilder()
    .input('x', 'f32', [2, 512])
    .initializer('w', weights)
    .node('MatMul', 'x w', 'h')
    .node('Relu', 'h', 'y')
    .output('y', 'f32', [2, 4])
    .bytes();
  return {model, weightsFile};
}
