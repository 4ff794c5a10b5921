import test, {type ExecutionContext} from 'ava';
import {ClusterClient} from '../../../src/client/cluster-client.js';
import {blobCodec} from '../../../src/wire/blob-codec.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {ClientBench} from '../../support/client-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';

const devices = [deviceOn('host-b', 'CPU'), deviceOn('host-a', 'CPU'), deviceOn('host-a', 'WASM')];

const told = {
  metrics: {FULL_DEVICE_NAME: 'a chip', OPTIMAL_NUMBER_OF_INFER_REQUESTS: 4, CHIP_ROWS: [8, 9]},
  config: {NUM_STREAMS: 'AUTO', CHIP_MODE: 'fast'},
};

/** A core that answers what it asks: the coordinator's devices, a device's properties. */
function opened(t: ExecutionContext, properties: unknown = told) {
  const client = new ClientBench();
  const bulk = createMemoryBulkStore();
  t.teardown(() => bulk.close());
  const core = new ClusterClient({
    ...{session: client.session, bulk, close: async () => {}},
    codec: blobCodec('0.1.0'),
  });
  const asked: string[] = [];
  const answer = async <T>(result: Promise<T>): Promise<T> => {
    for (let next = 0; next < 2; next++) {
      await client.settle();
      const question = client.questions[asked.length]?.question;
      if (question === undefined) break;
      asked.push(question.to);
      client.answer(question.to === 'coordinator' ? devices : properties);
    }
    return result;
  };
  return {client, core, asked, answer};
}

test('a metric of a device is asked of the device, of several of the first by name', async t => {
  const {core, asked, answer} = opened(t);
  const optimal = await answer(core.getMetric('CPU', 'OPTIMAL_NUMBER_OF_INFER_REQUESTS'));
  t.is(optimal, 4);
  t.deepEqual(asked, ['coordinator', deviceOn('host-a', 'CPU').address]);
});

test("metrics and config of a plugin's own are told as they are", async t => {
  const {core, answer} = opened(t);
  t.deepEqual(await answer(core.getMetric('CPU', 'CHIP_ROWS')), [8, 9]);
  t.is(await answer(core.getConfig('CPU', 'CHIP_MODE')), 'fast');
});

test('what a device supports is listed, with what is read-only and what is not', async t => {
  const {core, answer} = opened(t);
  const metrics = await answer(core.getMetric('CPU', 'SUPPORTED_METRICS'));
  t.true(
    ['SUPPORTED_METRICS', 'AVAILABLE_DEVICES', 'CHIP_ROWS'].every(key => metrics.includes(key)),
  );
  t.deepEqual(await answer(core.getMetric('CPU', 'SUPPORTED_CONFIG_KEYS')), [
    'NUM_STREAMS',
    'CHIP_MODE',
  ]);
  const both = await answer(core.getMetric('CPU', 'SUPPORTED_PROPERTIES'));
  t.like(both, {FULL_DEVICE_NAME: 'RO', CHIP_MODE: 'RW'});
});

test('devices that an expression means are available, and every one is in the core', async t => {
  const {core, answer} = opened(t);
  t.deepEqual(await answer(core.getMetric('AVAILABLE_DEVICES')), [
    'CPU',
    'WASM',
    'host-a/CPU',
    'host-a/WASM',
    'host-b/CPU',
  ]);
  const cpus = ['host-a/CPU', 'host-b/CPU'];
  t.deepEqual(await answer(core.getMetric('CPU', 'AVAILABLE_DEVICES')), cpus);
});

test('a virtual device tells what its devices have in common', async t => {
  const {core, asked, answer} = opened(t);
  t.is(await answer(core.getMetric('HETERO:WASM,CPU', 'FULL_DEVICE_NAME')), 'HETERO');
  const shared = await answer(core.getMetric('HETERO:WASM,CPU', 'OPTIMIZATION_CAPABILITIES'));
  t.deepEqual(shared, ['FP32']);
  const named = await answer(core.getMetric('HETERO:WASM,CPU', 'AVAILABLE_DEVICES'));
  t.deepEqual(named, ['host-a/WASM', 'host-a/CPU', 'host-b/CPU']);
  t.deepEqual([...new Set(asked)], ['coordinator']);
});

test('a metric that is none is refused with the nearest', async t => {
  const {core, answer} = opened(t);
  const unknown = answer(core.getMetric('CPU', 'FULL_DEVICE_NAMES'));
  await t.throwsAsync(unknown, {
    code: 'UNKNOWN_METRIC',
    message: /unknown metric FULL_DEVICE_NAMES: did you mean FULL_DEVICE_NAME\?/,
  });
  const config = answer(core.getMetric('CPU', 'NUM_STREAMS'));
  await t.throwsAsync(config, {code: 'UNKNOWN_METRIC', message: /is a config key/});
  const inherited = answer(core.getMetric('CPU', 'constructor'));
  await t.throwsAsync(inherited, {code: 'UNKNOWN_METRIC'});
});

test('a config key that is none is refused with the nearest, a metric as what it is', async t => {
  const {core, answer} = opened(t);
  await t.throwsAsync(answer(core.getConfig('CPU', 'NUM_STREAM')), {
    code: 'UNKNOWN_CONFIG_KEY',
    message: /did you mean NUM_STREAMS\?/,
  });
  await t.throwsAsync(answer(core.getConfig('CPU', 'FULL_DEVICE_NAME')), {
    code: 'UNKNOWN_CONFIG_KEY',
    message: /is a metric/,
  });
});

test('what a client sets is its config, over the defaults of the device', async t => {
  const {core, answer} = opened(t);
  t.is(await core.getConfig('NUM_STREAMS'), 'AUTO');
  core.setConfig({NUM_STREAMS: '2'});
  core.setConfig('host-a/CPU', {NUM_STREAMS: 3});
  t.is(await core.getConfig('NUM_STREAMS'), 2);
  t.is(await answer(core.getConfig('CPU', 'NUM_STREAMS')), 3);
  t.is(await answer(core.getConfig('host-b/CPU', 'NUM_STREAMS')), 2);
  t.is(await answer(core.getConfig('HETERO:CPU,WASM', 'NUM_STREAMS')), 2);
});

test('a metric cannot be set', t => {
  const {core} = opened(t);
  t.throws(() => core.setConfig({FULL_DEVICE_NAME: 'mine'}), {code: 'READ_ONLY_KEY'});
  t.throws(() => core.setConfig('CPU', {DEVICE_TYPE: 'mine'}), {code: 'READ_ONLY_KEY'});
});

test('a device that is not there is told, and one that tells nonsense is not believed', async t => {
  const absent = opened(t);
  const none = absent.answer(absent.core.getMetric('GPU', 'FULL_DEVICE_NAME'));
  await t.throwsAsync(none, {code: 'UNKNOWN_DEVICE'});
  const gone = absent.client;
  t.is(gone.questions.length, 1);
  const wrong = opened(t, {metrics: {FULL_DEVICE_NAME: 7}, config: {}});
  const nonsense = wrong.answer(wrong.core.getMetric('CPU', 'FULL_DEVICE_NAME'));
  await t.throwsAsync(nonsense, {code: 'INVALID_FRAME', message: /FULL_DEVICE_NAME/});
  const broken = opened(t, 'nothing');
  const unread = broken.answer(broken.core.getMetric('CPU', 'FULL_DEVICE_NAME'));
  await t.throwsAsync(unread, {code: 'INVALID_FRAME'});
});

test('a version is told for each device that is named', async t => {
  const {core, answer} = opened(t);
  const version = {buildNumber: '1.0.0', description: 'CPU'};
  t.deepEqual(await answer(core.getVersions('HETERO:host-a/WASM,CPU')), {
    'host-a/WASM': {...version, description: 'WASM'},
    'host-a/CPU': version,
    'host-b/CPU': version,
  });
});
