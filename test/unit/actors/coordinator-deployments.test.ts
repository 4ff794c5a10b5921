import test from 'ava';
import {registryAddress} from '../../../schemas/addresses.js';
import {clusterStatusSchema} from '../../../schemas/cluster-status.js';
import type {Deployment} from '../../../schemas/deployment.js';
import {InferenceError} from '../../../src/errors.js';
import {ClusterBench, orderOver, type ScriptedPlugin} from '../../support/cluster-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {planGraph} from '../../support/plan-graph.js';
import {orderOf, singleStage} from '../../support/stage-graphs.js';

// x -> relu -> y
const network = () =>
  planGraph(`
    inputs x
    relu: x -> y
    outputs y
  `);

const cpu = deviceOn('host-a', 'CPU');
const load = {kind: 'load', order: orderOver('CPU')};

async function clusterOfOne(): Promise<{cluster: ClusterBench; plugin: ScriptedPlugin}> {
  const cluster = new ClusterBench(network());
  return {cluster, plugin: await cluster.addDevice(cpu)};
}

async function loaded(cluster: ClusterBench): Promise<string> {
  const answer = await cluster.ask(load);
  if (!answer?.ok) throw new Error('not loaded');
  return (answer.value as Deployment).id;
}

/** The coordinator that led is gone without a word, and another leads. */
async function failOver(cluster: ClusterBench): Promise<void> {
  cluster.system.stop('coordinator.0');
  cluster.startCoordinator();
  await cluster.world.advance(1500);
}

test('a deployment is recorded while it is there, and ends with its release', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const id = await loaded(cluster);
  t.deepEqual([...cluster.records.kept.keys()], [id]);
  t.like(await cluster.ask({kind: 'release', deployment: id}), {ok: true, value: null});
  t.deepEqual(plugin.told('release'), plugin.told('load'));
  t.is(cluster.records.kept.size, 0);
});

test('a release of what is not there, or no more, is answered', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const id = await loaded(cluster);
  await cluster.ask({kind: 'release', deployment: id});
  for (const deployment of [id, 'unknown']) {
    t.like(await cluster.ask({kind: 'release', deployment}), {ok: true, value: null});
  }
  t.is(plugin.told('release').length, 1);
});

test('a deployment that nobody keeps is released', async t => {
  const {cluster, plugin} = await clusterOfOne();
  await loaded(cluster);
  await cluster.world.advance(60_000);
  t.deepEqual(plugin.told('release'), []);
  await cluster.world.advance(30_000);
  t.deepEqual(plugin.told('release'), plugin.told('load'));
  t.is(cluster.records.kept.size, 0);
});

test('a deployment that is kept stays', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const kept = await loaded(cluster);
  const other = await loaded(cluster);
  for (let count = 0; count < 20; count++) {
    cluster.keep(kept, 'unknown');
    await cluster.world.advance(15_000);
  }
  t.deepEqual(plugin.told('release'), [`stage.${other}.0.0.0`]);
});

test('a deployment that took longer to load than it is kept lives as long as any', async t => {
  const {cluster, plugin} = await clusterOfOne();
  let compiled = () => {};
  plugin.onLoad = () =>
    new Promise(resolve => {
      compiled = () => resolve({slots: 1, queuedMax: 1, origin: 'compiled'});
    });
  const id = cluster.send(load);
  await cluster.world.advance(200_000);
  compiled();
  await cluster.world.advance(59_000);
  t.like(cluster.answer(id), {ok: true});
  t.deepEqual(plugin.told('release'), []);
});

test('a store that does not answer fails the order before anything is loaded', async t => {
  const {cluster, plugin} = await clusterOfOne();
  cluster.records.failure = new InferenceError('STORE_UNAVAILABLE', 'JetStream is off');
  t.like(await cluster.ask(load), {ok: false, error: {code: 'STORE_UNAVAILABLE'}});
  t.deepEqual(plugin.told('load'), []);
});

test('a store that fails at the release keeps the record for the next leader', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const deployment = await loaded(cluster);
  cluster.records.failure = new InferenceError('STORE_UNAVAILABLE', 'JetStream is off');
  t.like(await cluster.ask({kind: 'release', deployment}), {ok: true});
  t.deepEqual(plugin.told('release'), plugin.told('load'));
  t.is(cluster.records.kept.size, 1);
});

test('the next leader releases what an earlier one deployed, when it is asked to', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const deployment = await loaded(cluster);
  await failOver(cluster);
  t.like(await cluster.ask({kind: 'release', deployment}), {ok: true});
  t.deepEqual(plugin.told('release'), plugin.told('load'));
});

test('the next leader keeps what clients keep, and releases the rest after a while', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const kept = await loaded(cluster);
  const other = await loaded(cluster);
  await failOver(cluster);
  for (let count = 0; count < 8; count++) {
    cluster.keep(kept);
    await cluster.world.advance(15_000);
  }
  t.deepEqual(plugin.told('release'), [`stage.${other}.0.0.0`]);
  t.deepEqual([...cluster.records.kept.keys()], [kept]);
});

test('what a coordinator left half loaded is given back by the next', async t => {
  const {cluster, plugin} = await clusterOfOne();
  plugin.onLoad = () => new Promise(() => {});
  cluster.send(load);
  await cluster.world.settle();
  t.is(cluster.records.kept.size, 1);
  await failOver(cluster);
  await cluster.world.advance(90_000);
  t.is(cluster.records.kept.size, 0);
});

test('a coordinator that is closed answers what it works on, so that clients ask the next', async t => {
  const {cluster, plugin} = await clusterOfOne();
  plugin.onLoad = () => new Promise(() => {});
  const id = cluster.send(load);
  await cluster.world.settle();
  cluster.system.stop('coordinator.0');
  await cluster.world.settle();
  t.like(cluster.answer(id), {ok: false, error: {code: 'NO_COORDINATOR'}});
});

test('one that leads no more answers for nothing that it deployed', async t => {
  const {cluster, plugin} = await clusterOfOne();
  await loaded(cluster);
  cluster.system.tell('coordinator.0', {kind: 'follow'});
  await cluster.world.advance(200_000);
  t.deepEqual(plugin.told('release'), []);
  t.is(cluster.records.kept.size, 1, 'the one that leads has it');
});

test('a load that is repeated is answered with what was loaded, and loads nothing more', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const ask = {from: 'client.test', id: 70};
  for (let count = 0; count < 2; count++) cluster.tell({...load, ask});
  await cluster.world.settle();
  cluster.tell({...load, ask});
  await cluster.world.settle();
  const answers = cluster.replies.filter(({id}) => id === 70);
  t.is(answers.length, 2, 'the second came while it was loaded');
  t.deepEqual(answers[0], answers[1]);
  t.is(plugin.told('load').length, 1);
});

test('a coordinator that leads no more ends what it works on, and touches nothing', async t => {
  const {cluster, plugin} = await clusterOfOne();
  plugin.onLoad = () => new Promise(() => {});
  const id = cluster.send(load);
  await cluster.world.settle();
  cluster.system.tell('coordinator.0', {kind: 'follow'});
  await cluster.world.settle();
  t.like(cluster.answer(id), {ok: false, error: {code: 'NO_COORDINATOR'}});
  t.deepEqual(plugin.told('release'), []);
  t.is(cluster.records.kept.size, 1, 'the next leader finds what is on the device');
});

test('an epoch that was told of and not saved is followed by a later one', async t => {
  const {cluster} = await clusterOfOne();
  const id = await loaded(cluster);
  cluster.keep({id, epoch: 4});
  await cluster.world.advance(1000);
  t.deepEqual(
    cluster.changes.map(({epoch}) => epoch),
    [5],
  );
  t.is(cluster.records.kept.get(id)?.deployment?.epoch, 5);
});

test('clients are told of variants once the store knows them', async t => {
  const {cluster} = await clusterOfOne();
  const id = await loaded(cluster);
  cluster.keep({id, epoch: 0});
  cluster.system.stop(cpu.address);
  const other = await cluster.addDevice(deviceOn('host-b', 'CPU'));
  other.onLoad = () => {
    cluster.records.failure = new InferenceError('STORE_UNAVAILABLE', 'gone');
    return {slots: 1, queuedMax: 8, origin: 'compiled'};
  };
  await cluster.world.advance(3000);
  t.deepEqual(
    cluster.changes.filter(({lost}) => lost === undefined),
    [],
  );
  cluster.records.failure = undefined;
  await cluster.world.advance(10_000);
  t.like(cluster.changes.at(-1)?.variants, [
    {stageGraph: {stages: [{replicas: [{device: 'host-b/CPU'}]}]}},
  ]);
});

test('a stage that no deployment knows is ended', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const id = await loaded(cluster);
  const [known] = plugin.told('load');
  const ask = {from: 'client.test', id: 70};
  const stage = {...orderOf(singleStage(), 0), address: 'stage.lost.0.0.0'};
  cluster.world.transport.send(cpu.address, {
    message: {kind: 'load', ask, stage},
    tensors: new Map(),
    owned: false,
  });
  cluster.keep(id);
  await cluster.world.advance(12_000);
  t.deepEqual(plugin.told('load'), [known, 'stage.lost.0.0.0']);
  t.deepEqual(plugin.told('release'), ['stage.lost.0.0.0']);
});

test('its status tells devices, those that are gone, and where every stage is', async t => {
  const {cluster} = await clusterOfOne();
  const id = await loaded(cluster);
  cluster.system.stop(cpu.address);
  await cluster.addDevice({...cpu, address: 'device.again', restarts: 1});
  const gone = deviceOn('host-b', 'GPU');
  await cluster.addDevice(gone);
  cluster.system.stop(gone.address);
  cluster.world.transport.send(registryAddress, {
    message: {kind: 'givenUp', node: 'host-b', devices: [gone.name], why: 'exit status 3'},
    tensors: new Map(),
    owned: false,
  });
  await cluster.world.advance(1000);
  const answer = await cluster.ask({kind: 'status'});
  const status = clusterStatusSchema.parse(answer?.ok ? answer.value : null);
  t.deepEqual(status.devices, [
    {name: cpu.name, state: 'alive', why: null, restarts: 1},
    {name: gone.name, state: 'givenUp', why: 'exit status 3', restarts: null},
  ]);
  t.like(status.deployments, [{id, device: 'CPU', state: 'loaded', why: null, clients: 1}]);
  t.like(status.deployments[0]?.stages, [{name: 'stage0 CPU', device: cpu.name}]);
});

test('networks that are loaded at the same time are spread over devices', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const other = await cluster.addDevice(deviceOn('host-b', 'CPU'));
  cluster.send(load);
  cluster.send(load);
  await cluster.world.settle();
  t.deepEqual([plugin.told('load').length, other.told('load').length], [1, 1]);
});

test('a client that keeps what nobody knows is told, but not before the records are read', async t => {
  const {cluster} = await clusterOfOne();
  const heard = () => {
    const messages = cluster.world.transport.sentTo('client.test');
    return messages.filter(message => (message as {kind: string}).kind === 'forgotten');
  };
  cluster.records.failure = new InferenceError('STORE_UNAVAILABLE', 'gone');
  await failOver(cluster);
  cluster.keep('unknown');
  await cluster.world.settle();
  t.deepEqual(heard(), []);
  cluster.records.failure = undefined;
  await cluster.world.advance(6000);
  cluster.keep('unknown');
  await cluster.world.settle();
  t.deepEqual(heard(), [{kind: 'forgotten', deployment: 'unknown'}]);
});

test('it logs what becomes of a network by the ids of its deployment and its client', async t => {
  const {cluster} = await clusterOfOne();
  const id = await loaded(cluster);
  await cluster.ask({kind: 'release', deployment: id});
  await cluster.ask({...load, order: orderOver('GPU')});
  const lines = cluster.world.log.lines.filter(({message}) => !message.includes('device has'));
  t.like(lines, [
    {level: 'info', message: 'a stage is loaded', fields: {deployment: id, device: cpu.name}},
    {level: 'info', message: 'a network is loaded', fields: {deployment: id, device: 'CPU'}},
    {level: 'info', message: 'a network is released', fields: {deployment: id}},
    {level: 'warn', message: 'an order failed', fields: {order: 'load', client: 'client.test'}},
  ]);
});

test('a network that is released while its old stages end leaves no record', async t => {
  const {cluster, plugin} = await clusterOfOne();
  const better = await cluster.addDevice(deviceOn('host-b', 'GPU'));
  const order = orderOver('AUTO:GPU,CPU');
  const answer = await cluster.ask({kind: 'load', order});
  const {id} = (answer?.ok ? answer.value : {}) as Deployment;
  let end = () => {};
  plugin.onRelease = () =>
    new Promise<void>(resolve => {
      end = resolve;
    });
  await cluster.world.advance(1000);
  t.is(better.told('load').length, 1);
  cluster.keep({id, epoch: cluster.changes.at(-1)?.epoch ?? 0});
  while (plugin.told('release').length === 0) await cluster.world.advance(100);
  plugin.onRelease = undefined;
  t.like(await cluster.ask({kind: 'release', deployment: id}), {ok: true});
  t.is(cluster.records.kept.size, 0);
  end();
  await cluster.world.advance(5000);
  t.is(cluster.records.kept.size, 0);
});
