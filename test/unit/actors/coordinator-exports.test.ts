import test from 'ava';
import type {Deployment} from '../../../schemas/deployment.js';
import type {ExportedNetwork} from '../../../schemas/exported-network.js';
import type {Reply} from '../../../schemas/messages/ask.js';
import {ClusterBench, orderOver, type ScriptedPlugin} from '../../support/cluster-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {exportedNetwork} from '../../support/exported-network.js';
import {planGraph} from '../../support/plan-graph.js';
import {singleStage, stageGraphOf} from '../../support/stage-graphs.js';

// x -> relu -> y
const network = () =>
  planGraph(`
    inputs x
    relu: x -> y
    outputs y
  `);

const [first, second] = [deviceOn('host-a', 'CPU'), deviceOn('host-b', 'CPU')];
const wasm = deviceOn('host-b', 'WASM');

async function twoProcessors() {
  const cluster = new ClusterBench(network());
  return {cluster, a: await cluster.addDevice(first), b: await cluster.addDevice(second)};
}

/** A network of one stage, which a CPU compiled. */
function exported({networks = true} = {}): ExportedNetwork {
  const whole = exportedNetwork(singleStage());
  const variants = whole.variants.map(variant => ({
    ...variant,
    device: 'CPU',
    stages: variant.stages.map(stage => (networks ? stage : {...stage, network: null})),
  }));
  return {...whole, device: 'CPU', variants};
}

function importing(network: ExportedNetwork, device = 'CPU') {
  return {kind: 'import', order: {exported: network, device, config: {}}};
}

function deploymentIn(reply: Reply | undefined): Deployment {
  if (!reply?.ok) throw new Error(`no deployment: ${JSON.stringify(reply)}`);
  return reply.value as Deployment;
}

function placesOf(deployment: Deployment): readonly string[] {
  return stageGraphOf(deployment).stages.flatMap(({replicas}) =>
    replicas.map(({device}) => device),
  );
}

function loadsOf({tasks}: ScriptedPlugin) {
  return tasks.filter(task => task.kind === 'load');
}

test('an import splits nothing: the stages that travelled are loaded as they are', async t => {
  const {cluster, a} = await twoProcessors();
  cluster.planner.onInspect = () => {
    throw new Error('nothing is to be inspected');
  };
  const blob = exported();
  const deployment = deploymentIn(await cluster.ask(importing(blob)));
  t.like(deployment, {network: 'net', device: 'CPU', epoch: 0});
  t.deepEqual([deployment.inputs, deployment.outputs], [blob.inputs, blob.outputs]);
  t.deepEqual(placesOf(deployment), ['host-a/CPU']);
  const [stage] = blob.variants[0]?.stages ?? [];
  t.like(loadsOf(a), [{network: stage?.network, compiled: stage?.compiled}]);
  t.deepEqual(cluster.planner.extracted, []);
});

test('of several devices that a name means, one that can import is taken', async t => {
  const {cluster, a, b} = await twoProcessors();
  a.lacks = 'vectors';
  const deployment = deploymentIn(await cluster.ask(importing(exported({networks: false}))));
  t.deepEqual(placesOf(deployment), ['host-b/CPU']);
  t.is(loadsOf(b).length, 1);
});

test('devices that are not meant are not asked', async t => {
  const {cluster, a, b} = await twoProcessors();
  deploymentIn(await cluster.ask(importing(exported(), 'host-b/CPU')));
  const asked = (plugin: ScriptedPlugin) => plugin.tasks.some(({kind}) => kind === 'canImport');
  t.deepEqual([asked(a), asked(b)], [false, true]);
});

test('a device that cannot import is given the network alone', async t => {
  const {cluster, a, b} = await twoProcessors();
  a.lacks = b.lacks = 'vectors';
  deploymentIn(await cluster.ask(importing(exported())));
  t.like(loadsOf(a), [{compiled: null, network: {weights: null}}]);
});

test('with nothing to compile, it says what the device lacks, and loads nothing', async t => {
  const {cluster, a, b} = await twoProcessors();
  a.lacks = b.lacks = 'vectors';
  const reply = await cluster.ask(importing(exported({networks: false})));
  t.like(reply, {ok: false, error: {code: 'BLOB_INCOMPATIBLE', place: {device: 'host-a/CPU'}}});
  t.regex(reply?.ok === false ? reply.error.message : '', /lacks vectors/);
  t.deepEqual([loadsOf(a), loadsOf(b)], [[], []]);
  t.is(cluster.records.kept.size, 0);
});

test('a stage graph that cannot run is refused before any device is asked', async t => {
  const {cluster, a} = await twoProcessors();
  const whole = exported();
  const variants = whole.variants.map(variant => ({
    ...variant,
    stageGraph: {...variant.stageGraph, edges: []},
  }));
  const reply = await cluster.ask(importing({...whole, variants}));
  t.like(reply, {ok: false, error: {code: 'INVALID_BLOB'}});
  t.deepEqual(a.tasks, []);
});

test('an import on a device that is not there is refused as a load is', async t => {
  const {cluster} = await twoProcessors();
  const reply = await cluster.ask(importing(exported(), 'GPU'));
  t.like(reply, {ok: false, error: {code: 'UNKNOWN_DEVICE'}});
  const half = await cluster.ask(importing(exported(), 'HETERO:'));
  t.like(half, {ok: false, error: {code: 'INVALID_DEVICE'}});
});

test('an imported network whose device is lost is imported on another', async t => {
  const {cluster, b} = await twoProcessors();
  const {id} = deploymentIn(await cluster.ask(importing(exported({networks: false}))));
  cluster.keep(id);
  cluster.system.stop(first.address);
  await cluster.world.advance(1000);
  const [stage] = exported().variants[0]?.stages ?? [];
  t.like(loadsOf(b), [{network: null, compiled: stage?.compiled}]);
  const [changed] = cluster.changes;
  t.deepEqual(changed && placesOf(changed), ['host-b/CPU']);
});

test('who leads next knows what was imported', async t => {
  const {cluster} = await twoProcessors();
  const {id} = deploymentIn(await cluster.ask(importing(exported({networks: false}))));
  cluster.keep(id);
  cluster.startCoordinator();
  await cluster.world.advance(1000);
  cluster.keep(id);
  cluster.system.stop(first.address);
  await cluster.world.advance(10_000);
  t.deepEqual(cluster.changes.map(placesOf).at(-1), ['host-b/CPU']);
});

test('an export asks one device of each stage, in their order', async t => {
  const cluster = new ClusterBench(network());
  const a = await cluster.addDevice(first);
  const other = await cluster.addDevice(wasm);
  const cpu = deploymentIn(await cluster.ask({kind: 'load', order: orderOver('CPU')}));
  const rest = deploymentIn(await cluster.ask({kind: 'load', order: orderOver('WASM')}));
  const stages = [rest, cpu].map(loaded => stageGraphOf(loaded).stages[0]?.replicas ?? []);
  const gone = {device: 'host-x/CPU', node: 'host-x', address: 'stage.x'};
  const reply = await cluster.ask({
    kind: 'export',
    stages: [[gone, ...(stages[0] ?? [])], stages[1]],
  });
  t.like(reply, {ok: true, value: [{kind: 'WASM'}, {kind: 'CPU'}]});
  const exports = (plugin: ScriptedPlugin) => plugin.tasks.filter(({kind}) => kind === 'export');
  t.deepEqual(exports(a), [{kind: 'export', address: stages[1]?.[0]?.address ?? ''}]);
  t.is(exports(other).length, 1);
});

test('a stage whose devices are all gone is not exported', async t => {
  const {cluster} = await twoProcessors();
  const gone = {device: 'host-x/CPU', node: 'host-x', address: 'stage.x'};
  const reply = await cluster.ask({kind: 'export', stages: [[gone]]});
  t.like(reply, {ok: false, error: {code: 'DEVICE_LOST'}});
  t.regex(reply?.ok === false ? reply.error.message : '', /host-x\/CPU/);
});

test('a stage that its device does not hold is not exported', async t => {
  const {cluster} = await twoProcessors();
  const replica = {device: 'host-a/CPU', node: 'host-a', address: 'stage.x'};
  const reply = await cluster.ask({kind: 'export', stages: [[replica]]});
  t.like(reply, {ok: false, error: {code: 'RELEASED', place: {device: 'host-a/CPU'}}});
});
