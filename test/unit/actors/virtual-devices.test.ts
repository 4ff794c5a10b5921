import test from 'ava';
import type {Deployment, Variant} from '../../../schemas/deployment.js';
import {InferenceError} from '../../../src/errors.js';
import {ClusterBench, orderOver, type ScriptedPlugin} from '../../support/cluster-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {planGraph} from '../../support/plan-graph.js';

// x -> relu -> h -> exp -> y
const network = () =>
  planGraph(`
    inputs x
    relu: x -> h
    exp: h -> y
    outputs y
  `);

const cpu = deviceOn('host-a', 'CPU');
const wasm = deviceOn('host-b', 'WASM');
const gpu = deviceOn('host-b', 'GPU');
const template = deviceOn('host-a', 'TEMPLATE');

interface Plugins {
  readonly cluster: ClusterBench;
  readonly cpu: ScriptedPlugin;
  readonly wasm: ScriptedPlugin;
  readonly gpu: ScriptedPlugin;
}

async function threeDevices(): Promise<Plugins> {
  const cluster = new ClusterBench(network());
  await cluster.addDevice(template);
  return {
    cluster,
    cpu: await cluster.addDevice(cpu),
    wasm: await cluster.addDevice(wasm),
    gpu: await cluster.addDevice(gpu),
  };
}

async function load(
  cluster: ClusterBench,
  device: string,
  config: Readonly<Record<string, string | number | boolean>> = {},
): Promise<Deployment> {
  const answer = await cluster.ask({kind: 'load', order: orderOver(device, {config})});
  if (answer === undefined) throw new Error('no answer');
  if (!answer.ok) throw InferenceError.fromWire(answer.error);
  return answer.value as Deployment;
}

/** A variant's stages, as the devices that they are on. */
function placesOf({stageGraph}: Variant): readonly (readonly string[])[] {
  return stageGraph.stages.map(({replicas}) => replicas.map(({device}) => device));
}

test('MULTI loads the network on each of its devices, in their order', async t => {
  const {cluster} = await threeDevices();
  const deployment = await load(cluster, 'MULTI:WASM(3),CPU');
  t.deepEqual(deployment.variants.map(placesOf), [[['host-b/WASM']], [['host-a/CPU']]]);
  t.deepEqual(
    deployment.variants.map(({requestsMax}) => requestsMax),
    [3, 2],
    'a slot each, and one request that waits for it',
  );
  t.like(deployment, {fallback: true, spare: false, excluded: []});
});

test('MULTI without run-time fallback tries no failed request elsewhere', async t => {
  const {cluster} = await threeDevices();
  const config = {ENABLE_RUNTIME_FALLBACK: false};
  t.like(await load(cluster, 'MULTI:WASM,CPU', config), {fallback: false});
});

test('MULTI goes without a device that does not compile the network, and says why', async t => {
  const {cluster, wasm: broken} = await threeDevices();
  broken.onLoad = () => {
    throw new InferenceError('COMPILE_FAILED', 'no kernel');
  };
  const {variants, excluded} = await load(cluster, 'MULTI:WASM,CPU');
  t.deepEqual(variants.map(placesOf), [[['host-a/CPU']]]);
  t.like(excluded, [{device: 'WASM', error: {code: 'COMPILE_FAILED'}}]);
  t.deepEqual(broken.told('release'), []);
});

test('MULTI goes without a device that cannot be asked, until it can', async t => {
  const {cluster, wasm: away} = await threeDevices();
  away.onQuery = () => {
    throw new InferenceError('DEVICE_LOST', 'the connection is interrupted');
  };
  const {variants, excluded} = await load(cluster, 'MULTI:WASM,CPU');
  t.deepEqual(variants.map(placesOf), [[['host-a/CPU']]]);
  t.like(excluded, [{device: 'WASM', error: {code: 'DEVICE_LOST'}}]);
  away.onQuery = undefined;
  await cluster.world.advance(2000);
  const last = cluster.changes.at(-1);
  t.deepEqual(last?.variants.map(placesOf), [[['host-b/WASM']], [['host-a/CPU']]]);
});

test('HETERO is laid out with a device that could not be asked at first once it can', async t => {
  const {cluster, wasm: away} = await threeDevices();
  away.onQuery = () => {
    throw new InferenceError('DEVICE_LOST', 'the connection is interrupted');
  };
  const {variants} = await load(cluster, 'HETERO:WASM,CPU');
  t.deepEqual(variants.map(placesOf), [[['host-a/CPU']]]);
  await cluster.world.advance(20_000);
  t.deepEqual(cluster.changes, [], 'it stays as it is');
  away.onQuery = undefined;
  await cluster.world.advance(60_000);
  t.deepEqual(cluster.changes.at(-1)?.variants.map(placesOf), [[['host-b/WASM']]]);
});

test('HETERO is not laid out again for a device that it does not prefer', async t => {
  const {cluster, wasm: away} = await threeDevices();
  away.onQuery = () => {
    throw new InferenceError('DEVICE_LOST', 'the connection is interrupted');
  };
  await load(cluster, 'HETERO:CPU,WASM');
  const asked = away.tasks.length;
  await cluster.world.advance(60_000);
  t.is(away.tasks.length, asked);
});

test('MULTI fails when none of its devices takes the network, with the reason of each', async t => {
  const {cluster, wasm: first, cpu: second} = await threeDevices();
  first.refused = {exp: 'too hard'};
  second.refused = {relu: 'too easy'};
  const error = await t.throwsAsync(load(cluster, 'MULTI:WASM,CPU'), {instanceOf: InferenceError});
  t.is(error?.code, 'UNSUPPORTED_OPERATIONS');
  t.regex(error?.message ?? '', /WASM: too hard; CPU: .*\n.*CPU: too easy/);
  t.is(cluster.records.kept.size, 0);
});

test('HETERO inside MULTI is one of its members, cut into stages of its own', async t => {
  const {cluster, wasm: first} = await threeDevices();
  first.refused = {exp: 'too hard'};
  const {variants} = await load(cluster, 'MULTI:HETERO:WASM,CPU,CPU');
  t.deepEqual(variants.map(placesOf), [[['host-b/WASM'], ['host-a/CPU']], [['host-a/CPU']]]);
  t.deepEqual(
    variants.map(({device}) => device),
    ['HETERO:WASM,CPU', 'CPU'],
  );
});

test('MULTI inside HETERO gives its stages a replica on each of its devices', async t => {
  const {cluster, cpu: second, gpu: third} = await threeDevices();
  second.refused = {relu: 'too easy'};
  third.refused = {};
  const {variants} = await load(cluster, 'HETERO:(MULTI:CPU,GPU),WASM');
  t.deepEqual(variants.map(placesOf), [[['host-b/WASM'], ['host-a/CPU', 'host-b/GPU']]]);
});

test('AUTO takes the best device that takes the whole network, and a CPU serves until then', async t => {
  const {cluster, gpu: best} = await threeDevices();
  let compiled = () => {};
  best.onLoad = () =>
    new Promise(resolve => {
      compiled = () => resolve({slots: 1, queuedMax: 8, origin: 'compiled'});
    });
  const first = await load(cluster, 'AUTO');
  t.deepEqual(first.variants.map(placesOf), [[['host-a/CPU']]]);
  await cluster.world.advance(10);
  compiled();
  await cluster.world.advance(10);
  const [changed] = cluster.changes;
  t.like(changed, {epoch: 1, id: first.id});
  t.deepEqual(changed?.variants.map(placesOf), [[['host-b/GPU']]]);
});

test('the CPU that served at first ends when every client knows better, and it has no work', async t => {
  const {cluster, cpu: helper} = await threeDevices();
  const {id} = await load(cluster, 'AUTO');
  await cluster.world.advance(5000);
  t.is(cluster.changes.length, 1);
  t.deepEqual(helper.told('release'), [], 'the client has not said that it knows');
  cluster.keep({id, epoch: 1});
  await cluster.world.advance(5000);
  t.deepEqual(helper.told('release'), [`stage.${id}.0.0.0`]);
});

test('AUTO stays with the CPU if nothing better compiles the network', async t => {
  const {cluster, gpu: broken, wasm: other} = await threeDevices();
  broken.onLoad = () => {
    throw new InferenceError('COMPILE_FAILED', 'no kernel');
  };
  await load(cluster, 'AUTO');
  await cluster.world.advance(60_000);
  const last = cluster.changes.at(-1);
  t.deepEqual(last?.variants.map(placesOf), [[['host-a/CPU']]]);
  t.is(broken.told('load').length, 1, 'what cannot be compiled is not tried again');
  t.deepEqual(other.told('load'), []);
});

test('AUTO without start-up fallback waits for the device that it chose', async t => {
  const {cluster} = await threeDevices();
  const {variants} = await load(cluster, 'AUTO', {ENABLE_STARTUP_FALLBACK: false});
  t.deepEqual(variants.map(placesOf), [[['host-b/GPU']]]);
});

// x, s -> relu -> y -> exp -> t, the next s
const stateful = () =>
  planGraph(`
    inputs x s
    relu: x s -> y
    exp: y -> t
    outputs y t
  `);
const states = [{output: 't', input: 's'}];

test('no CPU serves a network with states meanwhile: it would take them with it', async t => {
  const cluster = new ClusterBench(stateful());
  for (const device of [cpu, gpu]) await cluster.addDevice(device);
  const answer = await cluster.ask({kind: 'load', order: orderOver('AUTO', {states})});
  const {variants, inputs, outputs} = (answer?.ok ? answer.value : {}) as Deployment;
  t.deepEqual(variants.map(placesOf), [[['host-b/GPU']]]);
  t.deepEqual(
    [inputs, outputs].map(infos => infos.map(({name}) => name)),
    [['x'], ['y']],
  );
});

test('BATCH takes no network with states', async t => {
  const cluster = new ClusterBench(stateful());
  await cluster.addDevice(cpu);
  const order = orderOver('BATCH:CPU(4)', {states});
  const answer = await cluster.ask({kind: 'load', order});
  t.like(answer, {ok: false, error: {code: 'NOT_IMPLEMENTED'}});
});

test('AUTO does without what it is told to, and takes TEMPLATE only by its name', async t => {
  const {cluster} = await threeDevices();
  const {variants} = await load(cluster, 'AUTO:-GPU,-CPU');
  t.deepEqual(variants.map(placesOf), [[['host-b/WASM']]]);
  await t.throwsAsync(load(cluster, 'AUTO:-GPU,-CPU,-WASM'), {code: 'UNKNOWN_DEVICE'});
  const named = await load(cluster, 'AUTO:TEMPLATE');
  t.deepEqual(named.variants.map(placesOf), [[['host-a/TEMPLATE']]]);
});

test('AUTO with CUMULATIVE_THROUGHPUT uses all of its devices at once, in turn if so asked', async t => {
  const {cluster} = await threeDevices();
  const {variants, schedule} = await load(cluster, 'AUTO:GPU,CPU', {
    PERFORMANCE_HINT: 'CUMULATIVE_THROUGHPUT',
    SCHEDULE_POLICY: 'ROUND_ROBIN',
  });
  t.deepEqual(variants.map(placesOf), [[['host-b/GPU']], [['host-a/CPU']]]);
  t.is(schedule, 'ROUND_ROBIN');
});

test('a client whose request failed on the device of AUTO is given another device', async t => {
  const {cluster} = await threeDevices();
  const {id, spare} = await load(cluster, 'AUTO:WASM,TEMPLATE');
  t.true(spare);
  cluster.tell({kind: 'extend', deployment: id, epoch: 0});
  await cluster.world.advance(10);
  const [changed] = cluster.changes;
  t.deepEqual(changed?.variants.map(placesOf), [[['host-b/WASM']], [['host-a/TEMPLATE']]]);
  t.like(changed, {epoch: 1, spare: false});
});

test('AUTO leaves a device to a network of higher priority, if it has another', async t => {
  const {cluster} = await threeDevices();
  const off = {ENABLE_STARTUP_FALLBACK: false};
  await load(cluster, 'AUTO:GPU,WASM', {...off, MODEL_PRIORITY: 'HIGH'});
  const low = await load(cluster, 'AUTO:GPU,WASM', {...off, MODEL_PRIORITY: 'LOW'});
  t.deepEqual(low.variants.map(placesOf), [[['host-b/WASM']]]);
  const alone = await load(cluster, 'AUTO:GPU', {...off, MODEL_PRIORITY: 'LOW'});
  t.deepEqual(alone.variants.map(placesOf), [[['host-b/GPU']]]);
});

test('members that do not go together are refused', async t => {
  const {cluster} = await threeDevices();
  for (const device of [
    'MULTI:CPU,(AUTO:GPU,WASM)',
    'HETERO:CPU,(BATCH:GPU(4))',
    'AUTO:(MULTI:CPU,GPU)',
  ]) {
    await t.throwsAsync(load(cluster, device), {code: 'INVALID_DEVICE'}, device);
  }
});

test('a network moves to the devices that are left, and back when the one it wants joins', async t => {
  const {cluster, wasm: first} = await threeDevices();
  first.refused = {exp: 'too hard'};
  const {id, variants} = await load(cluster, 'HETERO:WASM,CPU');
  t.deepEqual(variants.map(placesOf), [[['host-b/WASM'], ['host-a/CPU']]]);
  cluster.keep({id, epoch: 0});
  cluster.system.stop(wasm.address);
  await cluster.world.advance(1000);
  const left = cluster.changes.at(-1);
  t.deepEqual(left?.variants.map(placesOf), [[['host-a/CPU']]]);
  const back = {...wasm, address: 'device.back'};
  (await cluster.addDevice(back)).refused = {exp: 'too hard'};
  await cluster.world.advance(1000);
  const again = cluster.changes.at(-1);
  t.deepEqual(again?.variants.map(placesOf), [[['host-b/WASM'], ['host-a/CPU']]]);
  t.like(again, {epoch: 2});
});

test('a client that asks with an old epoch is told of the one that counts', async t => {
  const {cluster} = await threeDevices();
  const {id} = await load(cluster, 'HETERO:WASM,CPU');
  cluster.system.stop(wasm.address);
  await cluster.world.advance(1000);
  const told = cluster.changes.length;
  cluster.keep({id, epoch: 0});
  await cluster.world.settle();
  t.is(cluster.changes.length, told + 1);
  cluster.keep({id, epoch: 1});
  await cluster.world.settle();
  t.is(cluster.changes.length, told + 1);
});

test('a coordinator that takes over goes on from what was recorded', async t => {
  const {cluster} = await threeDevices();
  const {id} = await load(cluster, 'HETERO:WASM,CPU');
  cluster.system.stop('coordinator.0');
  cluster.startCoordinator();
  await cluster.world.advance(1500);
  cluster.keep({id, epoch: 0});
  cluster.system.stop(wasm.address);
  await cluster.world.advance(6000);
  t.deepEqual(cluster.changes.at(-1)?.variants.map(placesOf), [[['host-a/CPU']]]);
  const stages = cluster.changes.at(-1)?.variants.flatMap(({stageGraph}) => stageGraph.stages);
  t.is(stages?.[0]?.replicas[0]?.address, `stage.${id}.1.0.0`, 'no address is used twice');
});

test('PIPELINE_PARALLEL divides a network by the speeds that devices measured', async t => {
  const {cluster, cpu: slow, gpu: fast} = await threeDevices();
  const config = {MODEL_DISTRIBUTION_POLICY: 'PIPELINE_PARALLEL'};
  [slow.workPerMs, fast.workPerMs] = [1, 1];
  const even = await load(cluster, 'HETERO:CPU,GPU', config);
  t.deepEqual(even.variants.map(placesOf), [[['host-a/CPU'], ['host-b/GPU']]]);
  [slow.workPerMs, fast.workPerMs] = [1, 1000];
  const uneven = await load(cluster, 'HETERO:CPU,GPU', config);
  t.deepEqual(uneven.variants.map(placesOf), [[['host-b/GPU']]]);
  const plain = await load(cluster, 'HETERO:CPU,GPU');
  t.deepEqual(plain.variants.map(placesOf), [[['host-a/CPU']]]);
});

test('a network that the devices that are left do not take waits for the one that is gone', async t => {
  const {cluster, cpu: second} = await threeDevices();
  second.refused = {exp: 'too hard'};
  const {id} = await load(cluster, 'HETERO:CPU,WASM');
  cluster.system.stop(wasm.address);
  await cluster.world.advance(1000);
  const left = cluster.changes.at(-1);
  t.like(left, {id, lost: {code: 'DEVICE_LOST'}});
  t.regex(left?.lost?.message ?? '', /are gone, and without them: .*\n.*CPU: too hard/);
  await cluster.addDevice({...wasm, address: 'device.back'});
  await cluster.world.advance(1000);
  const back = cluster.changes.at(-1);
  t.is(back?.lost, null);
  t.deepEqual(back?.variants.map(placesOf), [[['host-a/CPU'], ['host-b/WASM']]]);
});

test('MULTI tries again to have a device, and tells clients when it has it', async t => {
  const {cluster, wasm: full} = await threeDevices();
  const {onLoad} = full;
  full.onLoad = () => {
    throw new InferenceError('DEVICE_LOST', `gone at try ${full.told('load').length}`);
  };
  const {id, variants} = await load(cluster, 'MULTI:CPU,WASM');
  t.deepEqual(variants.map(placesOf), [[['host-a/CPU']]]);
  for (let second = 0; second < 120; second += 10) {
    cluster.keep({id, epoch: 0});
    await cluster.world.advance(10_000);
  }
  t.true(full.told('load').length > 5, 'it was tried again and again');
  t.deepEqual(cluster.changes, []);
  t.is(cluster.records.kept.get(id)?.deployment?.epoch, 0);
  full.onLoad = onLoad;
  cluster.keep({id, epoch: 0});
  await cluster.world.advance(59_000);
  const [changed, ...more] = cluster.changes;
  t.like(changed, {epoch: 1, excluded: []});
  t.deepEqual(changed?.variants.map(placesOf), [[['host-a/CPU']], [['host-b/WASM']]]);
  t.deepEqual(more, []);
});
