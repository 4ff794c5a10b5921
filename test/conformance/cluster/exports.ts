import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {ExecutionContext} from 'ava';
import {
  type Config,
  type Core,
  type ExecutableNetwork,
  type Inputs,
  PrePostProcessor,
} from '../../../src/index.js';
import {floats, line, skip} from '../../support/cluster-networks.js';
import {externalNetwork} from '../../support/external-network.js';
import {NetworkBuilder} from '../../support/network-builder.js';
import {temporaryFolder} from '../../support/temporary-folder.js';
import {tensorOf} from '../../support/tensor-of.js';
import {type Check, load, rejects, splitLine, unharmed} from './check.js';

/** Executable networks as blobs, out of one core and into another. */
export function exports(check: Check): void {
  travels(check);
  carriesWishes(check);
  goesElsewhere(check);
  refusesBlobs(check);
}

const split = {Mul_0: 'WASM', shift: 'CPU'};

function travels(check: Check): void {
  for (const [device, origins] of [
    ['CPU', ['blob']],
    ['WASM', ['compiled']],
    ['HETERO:WASM,CPU', ['compiled', 'blob']],
  ] as const) {
    check(`what ${device} exports gives the same where it is imported`, async (t, core) => {
      const affinity = device === 'HETERO:WASM,CPU' ? split : {};
      const executable = await load(t, core, line(), device, {affinity});
      const imported = await reimport(t, core, executable);
      t.deepEqual(imported.inputs, executable.inputs);
      t.deepEqual(imported.outputs, executable.outputs);
      t.deepEqual(originsOf(imported), origins);
      t.deepEqual(graphOf(imported), graphOf(executable));
      const inputs = {x: floats([1, 2, 3, 4], 2)};
      t.deepEqual(await infer(imported, inputs), {y: floats([3, 5, 7, 9], 2)});
      t.deepEqual(await infer(executable, inputs), {y: floats([3, 5, 7, 9], 2)});
    });
  }

  check('what was imported can be exported and imported again', async (t, core) => {
    const executable = await load(t, core, skip(), 'CPU');
    const first = await reimport(t, core, executable);
    await executable.release();
    const second = await reimport(t, core, first);
    t.deepEqual(originsOf(second), ['blob']);
    t.deepEqual(await infer(second, {x: floats([1, -2])}), {
      a: floats([-1, 2]),
      y: floats([2, 0]),
    });
  });

  check('every way of MULTI is exported, and imported on its device', async (t, core) => {
    const executable = await load(t, core, line(), 'MULTI:CPU,WASM');
    const imported = await reimport(t, core, executable);
    t.deepEqual(
      imported.variants.map(({device}) => device),
      ['CPU', 'WASM'],
    );
    const answers = await Promise.all(
      Array.from({length: 8}, (_, each) => infer(imported, {x: floats([each, 0], 2)})),
    );
    t.deepEqual(
      answers,
      answers.map((_, each) => ({y: floats([2 * each + 1, 1], 2)})),
    );
  });

  check('devices inside each other are exported, and imported as they were', async (t, core) => {
    const executable = await load(t, core, line(), 'MULTI:(HETERO:CPU,WASM),WASM');
    const imported = await reimport(t, core, executable);
    t.deepEqual(
      imported.variants.map(({device}) => device),
      ['HETERO:CPU,WASM', 'WASM'],
    );
    t.deepEqual(graphOf(imported), graphOf(executable));
    t.deepEqual(await infer(imported, {x: floats([1, 2], 2)}), {y: floats([3, 5], 2)});
  });

  check('AUTO is exported as it is, and imported', async (t, core) => {
    const executable = await load(t, core, line(), 'AUTO:CPU,WASM');
    const imported = await reimport(t, core, executable);
    t.deepEqual(await infer(imported, {x: floats([1, 2], 2)}), {y: floats([3, 5], 2)});
  });

  check('BATCH is exported batched, and imported', async (t, core) => {
    const config = {AUTO_BATCH_TIMEOUT: 1};
    const executable = await load(t, core, line(), 'BATCH:CPU(4)', {config});
    const imported = await reimport(t, core, executable);
    t.deepEqual(
      imported.variants.map(({batch}) => batch),
      [4],
    );
    t.deepEqual(originsOf(imported), ['blob']);
    const answers = await Promise.all(
      Array.from({length: 6}, (_, each) => infer(imported, {x: floats([each, 0], 2)})),
    );
    t.deepEqual(
      answers,
      answers.map((_, each) => ({y: floats([2 * each + 1, 1], 2)})),
    );
  });

  check('weights in files travel in the blob', async (t, core) => {
    const {bytes, files, inputs} = externalNetwork();
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, 'folder'));
    for (const [name, content] of files) await writeFile(join(folder, name), content);
    await writeFile(join(folder, 'network.onnx'), bytes);
    const network = await core.readNetwork(join(folder, 'network.onnx'));
    const executable = await core.loadNetwork(network, 'CPU');
    t.teardown(() => executable.release());
    const imported = await reimport(t, core, executable);
    const given = Object.fromEntries(inputs);
    t.deepEqual(await infer(imported, given), await infer(executable, given));
  });

  check('initializers of an imported network may be overridden', async (t, core) => {
    const model = new NetworkBuilder('adjustable')
      .input('x', 'f32', [2])
      .overridable('w', floats([10, 20]))
      .node('Add', 'x w', 'y')
      .output('y', 'f32', [2])
      .bytes();
    const imported = await reimport(t, core, await load(t, core, model, 'CPU'));
    t.deepEqual(await infer(imported, {x: floats([1, 2])}), {y: floats([11, 22])});
    const overridden = await infer(imported, {x: floats([1, 2]), w: floats([0, 0])});
    t.deepEqual(overridden, {y: floats([1, 2])});
  });
}

function carriesWishes(check: Check): void {
  check('preprocessing travels with the network', async (t, core) => {
    const network = await core.readNetwork(line(['n', 2]));
    const steps = new PrePostProcessor();
    steps.input('x').tensor({type: 'u8', layout: 'NC'}).convertElementType('f32').scale(2);
    const options = {preprocessing: steps.build()};
    const executable = await core.loadNetwork(network, 'HETERO:CPU,WASM', {}, options);
    t.teardown(() => executable.release());
    const imported = await reimport(t, core, executable);
    t.deepEqual(imported.inputs, executable.inputs);
    t.like(imported.inputs, [{name: 'x', type: 'u8', layout: 'NC'}]);
    const x = tensorOf('u8', [1, 2], [4, 8]);
    t.deepEqual(await infer(imported, {x}), {y: floats([5, 9], 2)});
  });

  check('config travels; what is given at import counts more', async (t, core) => {
    const config: Config = {NUM_STREAMS: 2, 'CPU.QUEUED_MAX': 7};
    const executable = await load(t, core, line(), 'CPU', {config});
    const imported = await reimport(t, core, executable);
    t.is(imported.getConfig('NUM_STREAMS'), 2);
    t.deepEqual(
      imported.stageGraph.stages.flatMap(({replicas}) => replicas.map(({slots}) => slots)),
      [2],
    );
    const blob = await executable.exportNetwork();
    const changed = await core.importNetwork(blob, 'CPU', {NUM_STREAMS: 3});
    t.teardown(() => changed.release());
    t.is(changed.getConfig('NUM_STREAMS'), 3);
    await rejects(t, core.importNetwork(blob, 'CPU', {NUM_STREAM: 1}), 'UNKNOWN_CONFIG_KEY');
    await rejects(t, core.importNetwork(blob, 'CPU', {NUM_STREAMS: 0}), 'INVALID_CONFIG_VALUE');
  });
}

function goesElsewhere(check: Check): void {
  check('a device that cannot import compiles the network that came too', async (t, core) => {
    const executable = await load(t, core, line(), 'CPU');
    const blob = await executable.exportNetwork();
    const imported = await core.importNetwork(blob, 'WASM');
    t.teardown(() => imported.release());
    t.deepEqual(originsOf(imported), ['compiled']);
    t.deepEqual(await infer(imported, {x: floats([1, 2], 2)}), {y: floats([3, 5], 2)});
  });

  check('without networks a blob is smaller, and goes to its own kind only', async (t, core) => {
    const executable = await load(t, core, line(), 'CPU');
    const [whole, blob] = [
      await executable.exportNetwork(),
      await executable.exportNetwork({networks: false}),
    ];
    t.true(blob.length < whole.length);
    const imported = await core.importNetwork(blob);
    t.teardown(() => imported.release());
    t.deepEqual(await infer(imported, {x: floats([1, 2], 2)}), {y: floats([3, 5], 2)});
    await rejects(t, core.importNetwork(blob, 'WASM'), 'BLOB_INCOMPATIBLE', 'line', 'WASM');
    await rejects(t, core.importNetwork(blob, 'GPU'), 'UNKNOWN_DEVICE');
    await rejects(t, core.importNetwork(blob, 'HETERO:'), 'INVALID_DEVICE');
  });
}

function refusesBlobs(check: Check): void {
  check('blobs that are damaged or none are refused, and harm nobody', async (t, core) => {
    const executable = await splitLine(core);
    const blob = await executable.exportNetwork();
    const flipped = (at: number) => blob.map((byte, index) => (index === at ? byte ^ 4 : byte));
    const wrong: readonly Uint8Array[] = [
      new Uint8Array(),
      line(),
      blob.subarray(0, blob.length >> 1),
      blob.subarray(0, blob.length - 1),
      ...[3, 40, 200, blob.length >> 1, blob.length - 20].map(flipped),
    ];
    await unharmed(t, executable, async () => {
      for (const bytes of wrong) await rejects(t, core.importNetwork(bytes), 'INVALID_BLOB');
      const text = 'a path' as unknown as Uint8Array;
      await rejects(t, core.importNetwork(text), 'INVALID_ARGUMENT', 'Uint8Array');
    });
  });

  check('a network that was released is not exported', async (t, core) => {
    const executable = await load(t, core, line(), 'CPU');
    await executable.release();
    await rejects(t, executable.exportNetwork(), 'RELEASED');
  });
}

async function reimport(
  t: ExecutionContext,
  core: Core,
  executable: ExecutableNetwork,
): Promise<ExecutableNetwork> {
  const imported = await core.importNetwork(await executable.exportNetwork());
  t.teardown(() => imported.release());
  return imported;
}

async function infer(executable: ExecutableNetwork, inputs: Inputs) {
  const outputs = await executable.createInferRequest().infer(inputs);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, {type, shape, data}]) => [name, {type, shape, data}]),
  );
}

/** Where the stages came from, in their order. */
function originsOf({stageGraph}: ExecutableNetwork) {
  return stageGraph.stages.flatMap(({replicas}) => replicas.map(({origin}) => origin));
}

/** The stage graph but for where its stages are. */
function graphOf({stageGraph}: ExecutableNetwork) {
  const {stages, edges} = stageGraph;
  return {edges, stages: stages.map(({replicas: _, ...stage}) => stage)};
}
