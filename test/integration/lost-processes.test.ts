import {existsSync} from 'node:fs';
import test from 'ava';
import type {Core} from '../../src/index.js';
import {childPids, killChildren} from '../support/child-processes.js';
import {
  type ClusterProcesses,
  deviceNames,
  startClusterProcesses,
} from '../support/cluster-processes.js';
import {digitsPath} from '../support/digits.js';
import {eventually} from '../support/eventually.js';
import {NetworkBuilder} from '../support/network-builder.js';
import {RequestFlow} from '../support/request-flow.js';
import {tensorOf} from '../support/tensor-of.js';

/**
 *     x, s -> Add -> y -> Identity -> total        y: all x so far, if total is the next s
 */
function accumulator(): Uint8Array {
  return new NetworkBuilder('accumulator')
    .input('x', 'f32', [2])
    .input('s', 'f32', [2])
    .node('Add', 'x s', 'y')
    .node('Identity', 'y', 'total')
    .output('y', 'f32', [2])
    .output('total', 'f32', [2])
    .bytes();
}

/* Real processes die, or are told to go, while requests flow. */

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;
const inputs = {image: tensorOf('f32', [1, 1, 8, 8])};

function coordinator(servers: string): readonly string[] {
  return ['coordinator', '--servers', servers];
}

function node(servers: string, name: string): readonly string[] {
  return ['node', '--servers', servers, '--name', name, '--devices', 'CPU'];
}

async function load(core: Core) {
  return core.loadNetwork(await core.readNetwork(digitsPath), 'CPU');
}

function leader(cluster: ClusterProcesses, names: readonly string[]): Promise<string | undefined> {
  return eventually(
    () => names.find(name => cluster.process(name).stderr.includes('this coordinator leads')),
    name => name !== undefined,
  );
}

test('when the coordinator that leads is killed, the other leads, and requests flow on', async t => {
  const cluster = await startClusterProcesses(t, servers => ({
    one: coordinator(servers),
    other: coordinator(servers),
    node: node(servers, 'node-a'),
  }));
  const first = (await leader(cluster, ['one', 'other'])) === 'one' ? 'one' : 'other';
  const second = first === 'one' ? 'other' : 'one';
  const core = await cluster.connect();
  const flow = new RequestFlow(await load(core), inputs);
  await flow.more(20);

  await cluster.end(first, 'SIGKILL');
  const killedAt = performance.now();
  await leader(cluster, [second]);
  const tookMs = performance.now() - killedAt;
  t.true(tookMs < 10_000, `${tookMs} ms`);
  const outputs = await (await load(core)).createInferRequest().infer(inputs);
  t.deepEqual(outputs['logits']?.shape, [1, 10]);

  await flow.more(20);
  await flow.stop();
  t.deepEqual(flow.failures, []);
});

test('without a coordinator nothing is loaded, but what is loaded goes on', async t => {
  const cluster = await startClusterProcesses(t, servers => ({
    coordinator: coordinator(servers),
    node: node(servers, 'node-a'),
  }));
  const core = await cluster.connect();
  const flow = new RequestFlow(await load(core), inputs);
  await flow.more(20);
  t.like(await cluster.end('coordinator', 'SIGTERM'), {status: 0});

  const error = await t.throwsAsync(load(core));
  t.like(error, {code: 'NO_COORDINATOR'});
  t.regex(error?.message ?? '', /`heterodyne coordinator`/);
  await flow.more(20);
  await flow.stop();
  t.deepEqual(flow.failures, []);
});

onLinux(
  'a device whose process dies comes back under its name; a node that goes says so',
  async t => {
    const cluster = await startClusterProcesses(t, servers => ({
      coordinator: coordinator(servers),
      'node-a': node(servers, 'node-a'),
      'node-b': node(servers, 'node-b'),
    }));
    const core = await cluster.connect();
    t.deepEqual(await deviceNames(core), ['node-a/CPU', 'node-b/CPU']);
    const addressOf = async () => {
      const descriptions = await core.getDeviceDescriptions();
      return descriptions.find(({name}) => name === 'node-a/CPU')?.address;
    };
    const before = await addressOf();
    const [pid, ...others] = childPids(cluster.process('node-a').pid);
    t.deepEqual(others, []);
    process.kill(pid ?? 0, 'SIGKILL');
    await eventually(addressOf, address => address !== undefined && address !== before);
    t.deepEqual(await deviceNames(core), ['node-a/CPU', 'node-b/CPU']);
    const outputs = await (await load(core)).createInferRequest().infer(inputs);
    t.deepEqual(outputs['logits']?.shape, [1, 10]);

    t.like(await cluster.end('node-b', 'SIGTERM'), {status: 0});
    t.deepEqual(await deviceNames(core), ['node-a/CPU']);
  },
);

onLinux('states that die with their device are lost, and begin anew where it is again', async t => {
  const cluster = await startClusterProcesses(t, servers => ({
    coordinator: coordinator(servers),
    'node-a': node(servers, 'node-a'),
  }));
  const core = await cluster.connect();
  const network = await core.readNetwork(accumulator());
  network.setState([{output: 'total', input: 's'}]);
  const request = (await core.loadNetwork(network, 'CPU')).createInferRequest();
  const x = tensorOf('f32', [2], [1, 10]);
  await request.infer({x});
  t.deepEqual((await request.infer())['y']?.data, Float32Array.of(2, 20));

  const [pid = 0] = childPids(cluster.process('node-a').pid);
  process.kill(pid, 'SIGKILL');
  const error = await t.throwsAsync(request.infer(), {code: 'STATE_LOST'});
  t.regex(error?.message ?? '', /resetState/);
  const [state] = request.queryState();
  await t.throwsAsync(async () => state?.getState(), {code: 'STATE_LOST'});
  await t.throwsAsync(request.infer(), {code: 'STATE_LOST'}, 'until it begins anew');
  request.resetState();
  t.deepEqual((await request.infer())['y']?.data, Float32Array.of(1, 10));
});

onLinux('a node whose device dies again and again ends, with the reason', async t => {
  const cluster = await startClusterProcesses(t, servers => ({
    coordinator: coordinator(servers),
    node: node(servers, 'node-a'),
  }));
  const {pid} = cluster.process('node');
  const ends = cluster.ends('node');
  const killing = setInterval(() => killChildren(pid), 100);
  t.teardown(() => clearInterval(killing));
  const {status, stderr} = await ends;
  t.is(status, 1);
  t.regex(stderr, /^DEVICE_LOST: no device is left: the process of CPU .*signal SIGKILL$/m);
});

test('without a server requests end with CONNECTION_LOST; when it is back, they run', async t => {
  const cluster = await startClusterProcesses(t, servers => ({
    coordinator: coordinator(servers),
    node: node(servers, 'node-a'),
  }));
  const core = await cluster.connect();
  const executable = await load(core);
  const flow = new RequestFlow(executable, inputs, 4);
  await flow.more(20);

  await cluster.killServer();
  const killedAt = performance.now();
  await flow.failed();
  const tookMs = performance.now() - killedAt;
  t.true(tookMs < 10_000, `${tookMs} ms`);
  t.deepEqual(
    flow.failures.map(({code}) => code),
    new Array(4).fill('CONNECTION_LOST'),
  );
  await t.throwsAsync(executable.createInferRequest().infer(inputs), {code: 'CONNECTION_LOST'});
  await t.throwsAsync(core.getAvailableDevices(), {code: 'CONNECTION_LOST'});

  await cluster.restartServer();
  await cluster.untilDevices(['node-a/CPU']);
  const again = new RequestFlow(executable, inputs);
  await again.more(20);
  await again.stop();
  t.deepEqual(again.failures, []);
  const outputs = await (await load(core)).createInferRequest().infer(inputs);
  t.deepEqual(outputs['logits']?.shape, [1, 10]);
});
