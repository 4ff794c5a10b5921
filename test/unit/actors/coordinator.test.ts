import test from 'ava';
import type {Deployment} from '../../../schemas/deployment.js';
import type {Reply} from '../../../schemas/messages/ask.js';
import {InferenceError} from '../../../src/errors.js';
import {ClusterBench, orderOver, type ScriptedPlugin} from '../../support/cluster-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {planGraph} from '../../support/plan-graph.js';
import {stageGraphOf} from '../../support/stage-graphs.js';

// x -> conv -a-> relu -> y
const network = () =>
  planGraph(`
    inputs x
    weights w=64
    conv: x w -> a
    relu: a -> y
    outputs y
  `);

const cpu = deviceOn('host-a', 'CPU');
const wasm = deviceOn('host-b', 'WASM');

/** A cluster whose CPU runs everything but `relu`, which WASM runs. */
async function mixedCluster() {
  const cluster = new ClusterBench(network());
  const first = await cluster.addDevice(cpu);
  const second = await cluster.addDevice(wasm);
  first.refused = {relu: 'no relu here'};
  return {cluster, first, second};
}

function deploymentIn(reply: Reply | undefined): Deployment {
  if (!reply?.ok) throw new Error(`no deployment: ${JSON.stringify(reply)}`);
  return reply.value as Deployment;
}

const load = (device: string) => ({kind: 'load', order: orderOver(device)});

test('the devices that are alive are told', async t => {
  const {cluster} = await mixedCluster();
  t.like(await cluster.ask({kind: 'devices'}), {ok: true, value: [cpu, wasm]});
});

test('a network is split over the devices of its order and loaded', async t => {
  const {cluster, first, second} = await mixedCluster();
  const deployment = deploymentIn(await cluster.ask(load('HETERO:CPU,WASM')));
  t.like(deployment, {
    epoch: 0,
    network: 'drawn',
    device: 'HETERO:CPU,WASM',
    inputs: [{name: 'x', type: 'f32', shape: [1, 4]}],
    overridable: [],
    outputs: [{name: 'y', type: 'f32', shape: [1, 4]}],
  });
  const stages = `stage.${deployment.id}.0`;
  const answered = {slots: 1, origin: 'compiled'};
  t.deepEqual(
    stageGraphOf(deployment).stages.map(({device, operations, replicas}) => [
      device,
      operations,
      replicas,
    ]),
    [
      [
        'CPU',
        ['conv'],
        [{device: 'host-a/CPU', node: 'host-a', address: `${stages}.0.0`, ...answered}],
      ],
      [
        'WASM',
        ['relu'],
        [{device: 'host-b/WASM', node: 'host-b', address: `${stages}.1.0`, ...answered}],
      ],
    ],
  );
  t.deepEqual(first.told('load'), [`stage.${deployment.id}.0.0.0`]);
  t.deepEqual(second.told('load'), [`stage.${deployment.id}.0.1.0`]);
  t.like(cluster.planner.extracted[0], [
    {operations: [0], inputs: ['x'], outputs: ['a']},
    {operations: [1], inputs: ['a'], outputs: ['y']},
  ]);
});

test('stages are told whom they hear from and whom they send to', async t => {
  const {cluster} = await mixedCluster();
  await cluster.ask(load('HETERO:CPU,WASM'));
  const orders = cluster.world.transport.sent.flatMap(({message}) =>
    (message as {kind: string}).kind === 'load' && 'stage' in (message as object)
      ? [(message as {stage: object}).stage]
      : [],
  );
  t.like(orders[0], {index: 0, sources: [-1], destinations: [{to: 1, tensors: [{output: 'a'}]}]});
  t.like(orders[1], {index: 1, sources: [0], destinations: [{to: -1, replicas: []}]});
});

test('config for some devices reaches them and no others', async t => {
  const {cluster, first, second} = await mixedCluster();
  const config = {NUM_STREAMS: 1, 'CPU.NUM_STREAMS': 2, 'host-b/WASM.PERF_COUNT': true};
  const order = {...orderOver('HETERO:CPU,WASM'), config};
  t.like(deploymentIn(await cluster.ask({kind: 'load', order})), {config});
  const given = (plugin: ScriptedPlugin) =>
    plugin.tasks.flatMap(task => ('config' in task ? [task.config] : []));
  t.deepEqual(given(first), [{NUM_STREAMS: 2}, {NUM_STREAMS: 2}]);
  const forWasm = {NUM_STREAMS: 1, PERF_COUNT: true};
  t.deepEqual(given(second), [forWasm, forWasm]);
});

test('a plan says what would be loaded and why, and loads nothing', async t => {
  const {cluster, first, second} = await mixedCluster();
  const answer = await cluster.ask({kind: 'plan', order: orderOver('HETERO:CPU,WASM')});
  t.like(answer, {ok: true, value: {network: 'drawn', affinity: {conv: {device: 'CPU'}}}});
  t.deepEqual([...first.told('load'), ...second.told('load')], []);
});

test('a query says for each operation where it would go', async t => {
  const {cluster} = await mixedCluster();
  const answer = await cluster.ask({kind: 'query', order: orderOver('HETERO:CPU,WASM')});
  t.like(answer, {value: {conv: {device: 'CPU'}, relu: {device: 'WASM'}}});
});

test('a query says why an operation goes nowhere', async t => {
  const {cluster} = await mixedCluster();
  const answer = await cluster.ask({kind: 'query', order: orderOver('CPU')});
  t.like(answer, {value: {conv: {device: 'CPU'}, relu: {reasons: {CPU: 'no relu here'}}}});
});

test('operations that no device runs are an error that names them and each reason', async t => {
  const {cluster, first, second} = await mixedCluster();
  const answer = await cluster.ask(load('CPU'));
  t.like(answer, {ok: false, error: {code: 'UNSUPPORTED_OPERATIONS'}});
  const message = answer?.ok === false ? answer.error.message : '';
  t.regex(message, /relu/);
  t.regex(message, /no relu here/);
  t.deepEqual([...first.told('load'), ...second.told('load')], []);
});

test('a device that is not there is an error that names those that are', async t => {
  const {cluster} = await mixedCluster();
  const answer = await cluster.ask(load('GPU'));
  t.like(answer, {ok: false, error: {code: 'UNKNOWN_DEVICE'}});
  t.regex(answer?.ok === false ? answer.error.message : '', /CPU.*WASM/);
});

test('expressions that are none say where they fail', async t => {
  const {cluster} = await mixedCluster();
  t.like(await cluster.ask(load('HETERO:CPU,,')), {error: {code: 'INVALID_DEVICE'}});
});

test('a network that cannot be read is told as the planner put it', async t => {
  const {cluster} = await mixedCluster();
  cluster.planner.onInspect = () => {
    throw new InferenceError('INVALID_NETWORK', 'not a ModelProto');
  };
  t.like(await cluster.ask(load('CPU')), {
    error: {code: 'INVALID_NETWORK', message: 'not a ModelProto'},
  });
});

test('a stage that does not compile fails the order, and the others are given back', async t => {
  const {cluster, first, second} = await mixedCluster();
  second.onLoad = () => {
    throw new InferenceError('COMPILE_FAILED', 'no kernel');
  };
  const answer = await cluster.ask(load('HETERO:CPU,WASM'));
  t.like(answer, {
    ok: false,
    error: {
      code: 'COMPILE_FAILED',
      message: 'no kernel',
      place: {stage: 'stage1 WASM', device: 'host-b/WASM'},
    },
  });
  t.is(first.told('load').length, 1);
  t.deepEqual(first.told('release'), first.told('load'));
  t.deepEqual(second.told('release'), [], 'what failed holds nothing');
  t.is(cluster.records.kept.size, 0);
});

test('a device that leaves while it loads fails the order at once, with stage and device', async t => {
  const {cluster, first, second} = await mixedCluster();
  second.onLoad = () => new Promise(() => {});
  const id = cluster.send(load('HETERO:CPU,WASM'));
  await cluster.world.settle();
  t.is(cluster.answer(id), undefined);
  cluster.system.stop(wasm.address);
  await cluster.world.settle();
  t.like(cluster.answer(id), {
    error: {code: 'DEVICE_LOST', place: {stage: 'stage1 WASM', device: 'host-b/WASM'}},
  });
  t.deepEqual(first.told('release'), first.told('load'));
});

test('a device that falls silent while it loads fails the order when its lease is over', async t => {
  const {cluster} = await mixedCluster();
  const silent = deviceOn('host-c', 'GPU');
  const heartbeat = {kind: 'heartbeat', device: silent, leaseMs: 4000, stages: []};
  const frame = {message: heartbeat, tensors: new Map(), owned: false};
  cluster.world.transport.send('all.registry', frame);
  cluster.world.transport.listen(silent.address, {deliver: () => {}});
  await cluster.world.settle();
  const id = cluster.send(load('GPU'));
  await cluster.world.advance(3000);
  t.is(cluster.answer(id), undefined);
  await cluster.world.advance(2000);
  t.like(cluster.answer(id), {ok: false, error: {code: 'DEVICE_LOST'}});
});

test('a device that leaves between query and load fails the order with stage and device', async t => {
  const {cluster} = await mixedCluster();
  cluster.planner.onExtract = () => cluster.system.stop(wasm.address);
  t.like(await cluster.ask(load('HETERO:CPU,WASM')), {
    error: {code: 'DEVICE_LOST', place: {stage: 'stage1 WASM', device: 'host-b/WASM'}},
  });
  t.is(cluster.records.kept.size, 0);
});

test('a load on a device that leaves while it is queried may be tried again', async t => {
  const {cluster, second} = await mixedCluster();
  second.onQuery = () => {
    cluster.system.stop(wasm.address);
    return new Promise(() => {});
  };
  const answer = await cluster.ask(load('WASM'));
  t.like(answer, {ok: false, error: {code: 'DEVICE_LOST', place: {device: 'host-b/WASM'}}});
  t.regex(
    answer?.ok === false ? answer.error.message : '',
    /'relu' \(Relu\): WASM: .*host-b\/WASM is gone/,
  );
});

test('a device that cannot be asked supports nothing, and others take its part', async t => {
  const {cluster, first, second} = await mixedCluster();
  first.onQuery = () => new Promise(() => {});
  const id = cluster.send(load('HETERO:CPU,WASM'));
  await cluster.world.advance(120_000);
  const stageGraph = stageGraphOf(deploymentIn(cluster.answer(id)));
  t.deepEqual(
    stageGraph.stages.map(({device}) => device),
    ['WASM'],
  );
  t.is(second.told('load').length, 1);
});

test('a device whose answer makes no sense fails the order, and the coordinator lives on', async t => {
  const {cluster, first} = await mixedCluster();
  first.onQuery = () => [{nonsense: true}];
  t.like(await cluster.ask(load('CPU')), {error: {code: 'INVALID_FRAME'}});
  t.like(await cluster.ask({kind: 'devices'}), {ok: true});
});

test('of several devices of a kind, the one with the fewest stages is chosen', async t => {
  const cluster = new ClusterBench(network());
  await cluster.addDevice(deviceOn('host-b', 'CPU'));
  await cluster.addDevice(deviceOn('host-a', 'CPU'));
  const chosen: (string | undefined)[] = [];
  for (let count = 0; count < 3; count++) {
    const stageGraph = stageGraphOf(deploymentIn(await cluster.ask(load('CPU'))));
    chosen.push(stageGraph.stages[0]?.replicas[0]?.device);
  }
  t.deepEqual(chosen, ['host-a/CPU', 'host-b/CPU', 'host-a/CPU']);
});

test('one more order than it works on is refused with QUEUE_FULL', async t => {
  const cluster = new ClusterBench(network(), {ordersMax: 1});
  const plugin = await cluster.addDevice(cpu);
  plugin.onLoad = () => new Promise(() => {});
  cluster.send(load('CPU'));
  await cluster.world.settle();
  t.like(await cluster.ask(load('CPU')), {
    error: {code: 'QUEUE_FULL', place: {retryAfterMs: 1000}},
  });
  t.like(await cluster.ask({kind: 'devices'}), {ok: true}, 'what needs no work is answered');
});

test('what is no message to a coordinator is refused, and the next one answered', async t => {
  const {cluster} = await mixedCluster();
  const refusal = {ok: false, error: {code: 'INVALID_FRAME'}};
  t.like(await cluster.ask({kind: 'load', order: {device: 7}}), refusal);
  t.like(await cluster.ask({kind: 'conquer'}), refusal);
  t.like(await cluster.ask({kind: 'devices'}), {ok: true});
});
