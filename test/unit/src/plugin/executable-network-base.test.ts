import test from 'ava';
import {InferenceError} from '../../../../src/errors.js';
import {parseConfig} from '../../../../src/plugin/config.js';
import {
  type CompiledDescription,
  ExecutableNetworkBase,
} from '../../../../src/plugin/executable-network-base.js';
import {ExecutorManager} from '../../../../src/plugin/executor-manager.js';
import type {Config, NetworkSource} from '../../../../src/plugin/plugin.js';
import {StagedRequest} from '../../../support/staged-request.js';
import {tensorOf} from '../../../support/tensor-of.js';

const source: NetworkSource = {model: Uint8Array.of(1), weightsFile: undefined};
const x = tensorOf('f32', [2], [1, 2]);
const info = {name: 'x', type: 'f32', shape: [2]} as const;

/** A network whose device a test plays, and what was done to compile it. */
class StagedNetwork extends ExecutableNetworkBase<string> {
  readonly steps: string[] = [];
  readonly requests: StagedRequest[] = [];
  failure: unknown;

  protected override transformNetwork(network: NetworkSource): NetworkSource {
    this.steps.push(`transform ${network.model}`);
    return {...network, model: Uint8Array.of(2)};
  }

  protected override mapNetwork({model}: NetworkSource): string {
    this.steps.push(`map ${model}`);
    if (this.failure !== undefined) throw this.failure;
    return 'graph';
  }

  protected override allocate(graph: string): CompiledDescription {
    this.steps.push(`allocate ${graph}`);
    return {name: 'net', inputs: [info], outputs: [{...info, name: 'y'}], overridable: []};
  }

  protected override createInferRequestImpl(): StagedRequest {
    const request = new StagedRequest();
    this.requests.push(request);
    return request;
  }

  get executors() {
    return [this.taskExecutor, this.waitExecutor, this.callbackExecutor];
  }

  async release(): Promise<void> {
    this.refuseRequests();
  }
}

/** A device's networks share `executors`. */
function staged(executors: ExecutorManager, device: string, config: Config = {}): StagedNetwork {
  return new StagedNetwork({device, config: parseConfig(config), slots: 4, executors});
}

test('a network is transformed, mapped to the graph of the device, and given its memory', async t => {
  const network = staged(new ExecutorManager(), 'CHIP');
  t.is(await network.compile(source), network);
  t.deepEqual(network.steps, ['transform 1', 'map 2', 'allocate graph']);
  t.is(network.name, 'net');
  t.deepEqual(
    [...network.inputIndex, ...network.outputIndex],
    [
      ['x', 0],
      ['y', 0],
    ],
  );
});

test('what compiling fails with is COMPILE_FAILED, unless it has a code', async t => {
  for (const [failure, code] of [
    [new RangeError('no such kernel'), 'COMPILE_FAILED'],
    ['a word', 'COMPILE_FAILED'],
    [new InferenceError('FILE_UNREADABLE', 'gone'), 'FILE_UNREADABLE'],
  ] as const) {
    const network = staged(new ExecutorManager(), 'CHIP');
    network.failure = failure;
    await t.throwsAsync(network.compile(source), {code});
    t.deepEqual(network.steps.at(-1), 'map 2', 'no memory is taken');
  }
});

test('networks of one device share where they wait and call back, and no others do', async t => {
  const executors = new ExecutorManager();
  const [task, wait, callback] = staged(executors, 'GPU.0').executors;
  const [otherTask, otherWait, otherCallback] = staged(executors, 'GPU.0').executors;
  t.not(task, otherTask);
  t.is(wait, otherWait);
  t.is(callback, otherCallback);
  const elsewhere = staged(executors, 'GPU.1').executors;
  for (const executor of [task, wait, callback]) t.false(elsewhere.includes(executor as never));
});

/** Starts a request of each network, and says which of them have reached the device. */
async function startAll(networks: readonly StagedNetwork[]) {
  await Promise.all(networks.map(network => network.compile(source)));
  const running = networks.map(network => {
    const request = network.createInferRequest();
    request.setBlob('x', x);
    return request.infer();
  });
  const reached = () => networks.map(({requests}) => (requests[0]?.stages.length ?? 0) > 0);
  const finish = (index: number) => networks[index]?.requests[0]?.finishDevice();
  return {running, reached, finish};
}

const exclusive = {EXCLUSIVE_ASYNC_REQUESTS: true};

test('of networks that exclude each other on a device, one request runs at a time', async t => {
  const executors = new ExecutorManager();
  const networks = ['GPU.0', 'GPU.0', 'GPU.1'].map(device => staged(executors, device, exclusive));
  const {running, reached, finish} = await startAll(networks);
  t.deepEqual(reached(), [true, false, true], 'another device is another matter');
  t.deepEqual(
    networks.map(({slots}) => slots),
    [1, 1, 1],
    'none stands in line for several',
  );
  finish(0);
  await running[0];
  t.deepEqual(reached(), [true, true, true]);
  finish(1);
  finish(2);
  await Promise.all(running);
});

test('networks that do not say so run beside those that do', async t => {
  const executors = new ExecutorManager();
  const networks = [exclusive, {}, {}].map(config => staged(executors, 'CHIP', config));
  const {running, reached, finish} = await startAll(networks);
  t.deepEqual(reached(), [true, true, true]);
  for (const index of networks.keys()) finish(index);
  await Promise.all(running);
});
