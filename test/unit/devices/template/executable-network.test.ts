import test, {type ExecutionContext} from 'ava';
import {
  type KernelWorkers,
  TemplateNetwork,
} from '../../../../devices/template/executable-network.js';
import {parseConfig} from '../../../../src/plugin/config.js';
import {ExecutorManager} from '../../../../src/plugin/executor-manager.js';
import type {Config} from '../../../../src/plugin/plugin.js';
import {WarmWorkers} from '../../../../src/plugin/warm-workers.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {tensorOf} from '../../../support/tensor-of.js';

const x = tensorOf('f32', [2], [-1, 2]);
const executors = new ExecutorManager();
const workers: KernelWorkers = new WarmWorkers(
  new URL('../../../../devices/template/kernel-worker.js', import.meta.url),
);
test.after.always(() => workers.close());

async function load(t: ExecutionContext, config: Config = {}): Promise<TemplateNetwork> {
  const values = parseConfig({NUM_STREAMS: 1, ...config});
  const setting = {device: 'TEMPLATE', config: values, slots: 1, executors, workers};
  const network = new TemplateNetwork(setting);
  t.teardown(() => network.release());
  const model = new NetworkBuilder('rectified')
    .input('x', 'f32', [2])
    .input('z', 'f32', [2])
    .node('Relu', 'x', 'a')
    .node('Add', 'a z', 'b')
    .output('b')
    .output('a')
    .bytes();
  return network.compile({model, weightsFile: undefined});
}

test('requests are numbered, and inputs and outputs have their places', async t => {
  const network = await load(t);
  const names = [network.createInferRequest(), network.createInferRequest()].map(({name}) => name);
  t.deepEqual(names, ['rectified_Req0', 'rectified_Req1']);
  t.deepEqual(
    [...network.inputIndex],
    [
      ['x', 0],
      ['z', 1],
    ],
  );
  t.deepEqual(
    [...network.outputIndex],
    [
      ['b', 0],
      ['a', 1],
    ],
  );
});

test('a request runs asynchronously and is measured stage by stage', async t => {
  const network = await load(t);
  const request = network.createInferRequest();
  request.setBlob('x', x);
  request.setBlob('z', x);
  request.startAsync();
  t.true(await request.wait());
  t.deepEqual(request.getBlob('b'), tensorOf('f32', [2], [-1, 4]));
  t.deepEqual(request.getBlob('x'), x, 'the input stays with the user');
  const {pipelineUs, operations} = request.getPerformanceCounts();
  t.true((pipelineUs.waitPipeline ?? 0) > 0);
  t.deepEqual(operations, [], 'they are measured only where that is asked for');
});

test('a cancelled request rejects with CANCELLED, and runs again', async t => {
  const network = await load(t);
  const request = network.createInferRequest();
  request.setBlob('x', x);
  request.setBlob('z', x);
  request.startAsync();
  request.cancel();
  await t.throwsAsync(request.wait(), {code: 'CANCELLED'});
  await request.infer();
  t.deepEqual(request.getBlob('a'), tensorOf('f32', [2], [0, 2]));
});

test('metrics and config are told, unknown ones refused with the nearest', async t => {
  const network = await load(t, {PERF_COUNT: 'YES'});
  t.is(network.getMetric('NETWORK_NAME'), 'rectified');
  t.is(network.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS'), 1);
  t.true(network.getMetric('SUPPORTED_METRICS').includes('SUPPORTED_CONFIG_KEYS'));
  t.true(network.getMetric('SUPPORTED_CONFIG_KEYS').includes('NUM_STREAMS'));
  t.true(network.getConfig('PERF_COUNT'));
  t.throws(() => network.getMetric('NETWORK_NAM' as 'NETWORK_NAME'), {
    code: 'UNKNOWN_METRIC',
    message: /did you mean NETWORK_NAME/,
  });
  t.throws(() => network.getConfig('NUM_STREAM' as 'NUM_STREAMS'), {code: 'UNKNOWN_CONFIG_KEY'});
});

test('networks whose requests exclude each other share the executor of the device', async t => {
  const config = {EXCLUSIVE_ASYNC_REQUESTS: true};
  const networks = await Promise.all([load(t, config), load(t, config)]);
  const running = networks.map(network => {
    const request = network.createInferRequest();
    request.setBlob('x', x);
    request.setBlob('z', x);
    return request.infer();
  });
  let blocked = true;
  const last = executors.get('TEMPLATE').run(() => {
    blocked = false;
  });
  t.true(blocked, 'what comes last waits for both');
  await Promise.all([...running, last]);
  t.false(blocked);
});

test('a released network makes no requests', async t => {
  const network = await load(t);
  await network.release();
  t.throws(() => network.createInferRequest(), {code: 'RELEASED'});
});
