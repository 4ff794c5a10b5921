import test from 'ava';
import {coordinatorAddress} from '../../../schemas/addresses.js';
import {ExecutableNetwork} from '../../../src/client/executable-network.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {overridable, replicatedChain, twoReplicas} from '../../support/stage-graphs.js';

const stats = {
  load: 0,
  executed: 1,
  failed: 2,
  cancelled: 3,
  expired: 4,
  refused: 5,
  queueUs: 6,
  executeUs: 7,
  runUs: 8,
};

test('a network says what requests bring and get', t => {
  const network = new ClientBench().load(overridable());
  t.like(network.inputs, [{name: 'x'}]);
  t.like(network.overridable, [{name: 'w'}]);
  t.like(network.outputs, [{name: 'y'}]);
  t.is(network.stageGraph.stages.length, 1);
});

test('an initializer that may be overridden is an input that may be left out', async t => {
  const client = new ClientBench();
  const request = client.load(overridable()).createInferRequest();
  const outputs = request.infer({x: vector(1), w: vector(2)});
  t.deepEqual([...(client.submissions[0]?.tensors.keys() ?? [])], ['x', 'w']);
  client.done({y: vector(1)});
  await outputs;
  t.notThrows(() => client.load(overridable()).createInferRequest().setInput('x', vector(1)));
});

test('statistics of a stage are those of all its replicas together', async t => {
  const client = new ClientBench();
  const network = client.load(twoReplicas());
  const statistics = network.getStageStatistics();
  t.deepEqual(
    client.questions.map(({question}) => question.to),
    ['stage.D1.0.0.0', 'stage.D1.0.0.1'],
  );
  client.answer(stats, 0);
  client.answer({...stats, executed: 41}, 1);
  const [first] = await statistics;
  t.like(first, {executed: 42, failed: 4, runUs: 16});
});

test('statistics of a stage that is gone say which, and where', async t => {
  const client = new ClientBench();
  const statistics = client.load(twoReplicas()).getStageStatistics();
  const error = client.questions[1]?.question.absent();
  t.like(error, {code: 'DEVICE_LOST', stage: 'stage0 A', device: 'host-b/A'});
  client.refuse('DEVICE_LOST', 0);
  t.like(await t.throwsAsync(statistics), {code: 'DEVICE_LOST'});
});

test('statistics that make no sense are an INVALID_FRAME', async t => {
  const client = new ClientBench();
  const statistics = client.load(twoReplicas()).getStageStatistics();
  client.answer(stats, 0);
  client.answer({executed: 'many'}, 1);
  t.like(await t.throwsAsync(statistics), {code: 'INVALID_FRAME'});
});

test('release is told to session and coordinator once, and to its core', async t => {
  const client = new ClientBench();
  let told = 0;
  const network = new ExecutableNetwork(client.session, twoReplicas(), {
    exported: async () => new Uint8Array(),
    released: () => void told++,
  });
  const released = [network.release(), network.release()];
  client.answer(null);
  await Promise.all(released);
  t.is(told, 1);
  t.deepEqual(
    client.orders.map(({kind}) => kind),
    ['released', 'ask'],
  );
  t.like(client.questions[0]?.question, {to: coordinatorAddress});
  t.like(client.questions[0]?.question.message({from: 'me', id: 1}), {
    kind: 'release',
    deployment: 'D1',
  });
});

test('a network that was released does nothing more', async t => {
  const client = new ClientBench();
  const network = client.load(twoReplicas());
  const request = network.createInferRequest();
  request.setInput('x', vector(1));
  const released = network.release();
  client.answer(null);
  await released;
  t.like(
    t.throws(() => network.createInferRequest()),
    {code: 'RELEASED'},
  );
  t.like(
    t.throws(() => request.startAsync()),
    {code: 'RELEASED'},
  );
  t.like(await t.throwsAsync(request.infer()), {code: 'RELEASED'});
  t.like(await t.throwsAsync(network.getStageStatistics()), {code: 'RELEASED'});
  t.deepEqual(client.submissions, []);
});

test('a release settles what runs with what the session says', async t => {
  const client = new ClientBench();
  const network = client.load(twoReplicas());
  const request = network.createInferRequest();
  const outputs = request.infer({x: vector(1)});
  const released = network.release();
  client.fail('RELEASED');
  client.answer(null);
  await released;
  t.like(await t.throwsAsync(outputs), {code: 'RELEASED'});
});

test('a network tells its metrics: name, devices, stages, requests that keep all busy', t => {
  const deployment = replicatedChain();
  const variants = deployment.variants.map(variant => {
    const stages = variant.stageGraph.stages.map(stage => ({
      ...stage,
      replicas: stage.replicas.map(replica => ({...replica, origin: 'cache' as const})),
    }));
    return {...variant, requestsOptimal: 24, stageGraph: {...variant.stageGraph, stages}};
  });
  const network = new ClientBench().load({...deployment, variants});
  t.is(network.getMetric('NETWORK_NAME'), 'drawn');
  t.is(network.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS'), 24);
  t.is(network.getMetric('HETERO_NUMBER_OF_SUBMODELS'), 2);
  t.true(network.getMetric('LOADED_FROM_CACHE'));
  t.false(new ClientBench().load(deployment).getMetric('LOADED_FROM_CACHE'));
  t.deepEqual(network.getMetric('EXECUTION_DEVICES'), [
    'host-a/A',
    'host-b/A',
    'host-a/B',
    'host-b/B',
  ]);
  const supported = network.getMetric('SUPPORTED_METRICS');
  for (const key of supported) t.notThrows(() => network.getMetric(key as 'NETWORK_NAME'));
  t.throws(() => network.getMetric('NETWORKNAME' as 'NETWORK_NAME'), {
    code: 'UNKNOWN_METRIC',
    message: /did you mean NETWORK_NAME\?/,
  });
});

test('a network tells what it was loaded with, for all devices and for each', t => {
  const config = {NUM_STREAMS: 2, 'B.NUM_STREAMS': 4, 'B.OWN_KEY': 'x'};
  const network = new ClientBench().load({...replicatedChain(), config});
  t.is(network.getConfig('NUM_STREAMS'), 2);
  t.is(network.getConfig('QUEUED_MAX'), 256);
  const devices = network.getMetric('DEVICE_PROPERTIES');
  t.like(devices['host-a/A'], {NUM_STREAMS: 2, QUEUED_MAX: 256});
  t.like(devices['host-b/B'], {NUM_STREAMS: 4, OWN_KEY: 'x'});
  t.throws(() => network.getConfig('NUM_STREAM' as 'NUM_STREAMS'), {
    code: 'UNKNOWN_CONFIG_KEY',
    message: /did you mean NUM_STREAMS\?/,
  });
});

test('no config of a network that is loaded can be set', async t => {
  const network = new ClientBench().load(twoReplicas());
  await t.throwsAsync(network.setConfig({NUM_STREAMS: 2}), {
    code: 'READ_ONLY_KEY',
    message: /NUM_STREAMS.*loadNetwork/,
  });
  await t.throwsAsync(network.setConfig({NETWORK_NAME: 'x'}), {code: 'READ_ONLY_KEY'});
  await t.throwsAsync(network.setConfig({NUM_STREAM: 2}), {code: 'UNKNOWN_CONFIG_KEY'});
  const wait = network.setConfig({AUTO_BATCH_TIMEOUT: 5});
  await t.throwsAsync(wait, {code: 'READ_ONLY_KEY'}, 'it is not on BATCH');
});

test('how long a batch waits can be set, and is set again where it is laid out anew', async t => {
  const client = new ClientBench();
  const deployment = twoReplicas();
  const variants = deployment.variants.map(variant => ({...variant, batch: 4}));
  const network = client.load({...deployment, variants});
  const setting = network.setConfig({AUTO_BATCH_TIMEOUT: '5'});
  const told = () =>
    client.questions.map(({question}) => [question.to, question.message({from: 'me', id: 0})]);
  t.like(told(), [
    ['stage.D1.0.0.0', {kind: 'configure', batchTimeoutMs: 5}],
    ['stage.D1.0.0.1', {kind: 'configure', batchTimeoutMs: 5}],
  ]);
  client.answer(null, 0);
  client.answer(null, 1);
  await setting;
  t.is(network.getConfig('AUTO_BATCH_TIMEOUT'), 5);
  network.changed({...deployment, variants, epoch: 1});
  t.is(told().length, 4);
  await t.throwsAsync(network.setConfig({AUTO_BATCH_TIMEOUT: 5, NUM_STREAMS: 1}), {
    code: 'READ_ONLY_KEY',
    message: /NUM_STREAMS/,
  });
});
