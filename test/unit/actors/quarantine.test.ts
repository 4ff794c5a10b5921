import test from 'ava';
import {Quarantine} from '../../../actors/quarantine.js';
import type {Deployment} from '../../../schemas/deployment.js';
import type {DeviceDescription} from '../../../schemas/device.js';
import {InferenceError} from '../../../src/errors.js';
import {ClusterBench, orderOver} from '../../support/cluster-bench.js';
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
const otherWasm = deviceOn('host-c', 'WASM');

async function twoDevices() {
  const cluster = new ClusterBench(network());
  return {cluster, cpu: await cluster.addDevice(cpu), wasm: await cluster.addDevice(wasm)};
}

async function load(cluster: ClusterBench, device: string): Promise<Deployment> {
  const answer = await cluster.ask({kind: 'load', order: orderOver(device)});
  if (answer === undefined) throw new Error('no answer');
  if (!answer.ok) throw InferenceError.fromWire(answer.error);
  return answer.value as Deployment;
}

/** Its process dies without a word, so often, and its node starts it again each time. */
async function crash(cluster: ClusterBench, device: DeviceDescription, times = 3): Promise<void> {
  for (let restarts = 1; restarts <= times; restarts++) {
    await cluster.addDevice({...device, address: `${device.address}again${restarts}`, restarts});
    await cluster.world.advance(1000);
  }
}

/** Each variant of the last change, as the devices of its stages. */
function lastPlaces(cluster: ClusterBench): readonly (readonly string[])[] | undefined {
  return cluster.changes.at(-1)?.variants.map(({stageGraph}) => {
    return stageGraph.stages.flatMap(({replicas}) => replicas.map(({device}) => device));
  });
}

test('a network that was on a device at each of three crashes is not loaded there again', async t => {
  const {cluster} = await twoDevices();
  const {id} = await load(cluster, 'WASM');
  await crash(cluster, wasm);
  const last = cluster.changes.at(-1);
  t.like(last, {id, lost: {code: 'QUARANTINED', place: {device: 'host-b/WASM'}}});
  t.regex(last?.lost?.message ?? '', /died 3 times while it held this network/);
  await t.throwsAsync(load(cluster, 'WASM'), {code: 'QUARANTINED'});
  t.is((await load(cluster, 'CPU')).variants.length, 1);
});

test('a device that is asked to end and started again has not crashed', async t => {
  const {cluster} = await twoDevices();
  await load(cluster, 'WASM');
  for (let time = 1; time <= 5; time++) {
    cluster.system.stop(time === 1 ? wasm.address : `device.again${time - 1}`);
    await cluster.addDevice({...wasm, address: `device.again${time}`});
    await cluster.world.advance(1000);
  }
  t.is(cluster.changes.at(-1)?.lost, null);
});

test('a device whose process alone was asked to end has not crashed either', async t => {
  const {cluster} = await twoDevices();
  await load(cluster, 'WASM');
  for (let restarts = 1; restarts <= 5; restarts++) {
    cluster.system.stop(restarts === 1 ? wasm.address : `device.again${restarts - 1}`);
    await cluster.addDevice({...wasm, address: `device.again${restarts}`, restarts});
    await cluster.world.advance(1000);
  }
  t.is(cluster.changes.at(-1)?.lost, null);
});

test('a device that was silent until its lease ran out has crashed', t => {
  const quarantine = new Quarantine();
  for (let restarts = 0; restarts < 3; restarts++) {
    const device = {...wasm, address: `device.${restarts}`, restarts};
    quarantine.onMembers([device], [], restarts);
    quarantine.onLoad('network', device);
    quarantine.onMembers([], [wasm.name], restarts);
  }
  t.is(quarantine.reason('network', wasm), undefined);
  quarantine.onMembers([{...wasm, address: 'device.3', restarts: 3}], [], 3);
  t.is(quarantine.reason('network', wasm)?.code, 'QUARANTINED');
});

test('crashes that are long apart are nobody’s fault', async t => {
  const {cluster} = await twoDevices();
  const {id} = await load(cluster, 'WASM');
  for (let restarts = 1; restarts <= 4; restarts++) {
    await cluster.addDevice({...wasm, address: `device.again${restarts}`, restarts});
    for (let minute = 0; minute < 6; minute++) {
      cluster.keep(id);
      await cluster.world.advance(59_000);
    }
  }
  t.is(cluster.changes.at(-1)?.lost, null);
});

test('MULTI without a device that its network is kept off is laid out once', async t => {
  const {cluster} = await twoDevices();
  const {id} = await load(cluster, 'MULTI:CPU,WASM');
  await crash(cluster, wasm);
  const last = cluster.changes.at(-1);
  t.deepEqual(lastPlaces(cluster), [['host-a/CPU']]);
  t.like(last?.excluded, [{device: 'WASM', error: {code: 'QUARANTINED'}}]);
  cluster.keep({id, epoch: last?.epoch ?? 0});
  const told = cluster.changes.length;
  await cluster.world.advance(30_000);
  t.is(cluster.changes.length, told);
});

test('of several devices of a name, a network goes to one that it is not kept off', async t => {
  const {cluster} = await twoDevices();
  await cluster.addDevice(otherWasm);
  // The other one is always busier.
  for (let time = 0; time < 7; time++) await load(cluster, 'host-c/WASM');
  const {variants} = await load(cluster, 'WASM');
  t.is(variants[0]?.stageGraph.stages[0]?.replicas[0]?.device, 'host-b/WASM');
  await crash(cluster, wasm, 1);
  t.deepEqual(lastPlaces(cluster), [['host-b/WASM']]);
  await crash(cluster, {...wasm, address: `${wasm.address}-`});
  t.deepEqual(lastPlaces(cluster), [['host-c/WASM']]);
  t.is(cluster.changes.at(-1)?.lost, null);
});

test('HETERO does without a device that its network is kept off', async t => {
  const {cluster} = await twoDevices();
  await load(cluster, 'HETERO:WASM,CPU');
  await crash(cluster, wasm);
  t.deepEqual(lastPlaces(cluster), [['host-a/CPU']]);
  const told = cluster.changes.length;
  await cluster.addDevice({...wasm, address: 'device.anew', restarts: 4});
  await cluster.world.advance(1000);
  t.is(cluster.changes.length, told, 'what becomes of that device is nothing to it');
});

test('HETERO that needs a device that its network is kept off is QUARANTINED, and says why', async t => {
  const {cluster, cpu: second} = await twoDevices();
  second.refused = {exp: 'too hard'};
  const {id} = await load(cluster, 'HETERO:CPU,WASM');
  await crash(cluster, wasm);
  const last = cluster.changes.at(-1);
  t.like(last, {id, lost: {code: 'QUARANTINED', place: {device: 'host-b/WASM'}}});
  t.regex(
    last?.lost?.message ?? '',
    /it is not loaded there again; and without it: .*\n.*too hard/,
  );
});
