import test from 'ava';
import {planResultSchema} from '../../schemas/messages/coordinator.js';
import {openNetwork} from '../../src/client/network.js';
import {type ClusterProcesses, startClusterProcesses} from '../support/cluster-processes.js';
import {composeServices} from '../support/compose-services.js';
import {digitsPath} from '../support/digits.js';
import {fileCleanup} from '../support/file-cleanup.js';
import {runHeterodyne} from '../support/heterodyne-process.js';

/* The cluster of compose.yaml, its containers as processes: what the file says is what runs. */

const services = composeServices();
const composeServers = 'nats://nats:4222';
const devices = ['edge-a/WASM', 'node-b/CPU', 'node-c/CPU', 'node-c/WASM'];
const cleanup = fileCleanup();

function argsOn(servers: string, args: readonly string[]): readonly string[] {
  return args.map(arg => (arg === composeServers ? servers : arg));
}

function startTopology(): Promise<ClusterProcesses> {
  return startClusterProcesses(cleanup, servers => {
    const started = services.filter(({name, optional}) => name !== 'nats' && !optional);
    return Object.fromEntries(started.map(({name, command}) => [name, argsOn(servers, command)]));
  });
}

let started: Promise<ClusterProcesses> | undefined;

function topology(): Promise<ClusterProcesses> {
  started ??= startTopology();
  return started;
}

test.serial('the services are NATS with JetStream, two coordinators, three nodes, a client', t => {
  t.deepEqual(
    services.map(({name, command: [first]}) => [name, first]),
    [
      ['nats', '-js'],
      ['coordinator-a', 'coordinator'],
      ['coordinator-b', 'coordinator'],
      ['edge-a', 'node'],
      ['node-b', 'node'],
      ['node-c', 'node'],
      ['client', 'demo'],
    ],
  );
});

test.serial('every health check passes, and fails for a node that is not there', async t => {
  const cluster = await topology();
  const {servers} = cluster;
  const checks = services.flatMap(({healthcheck}) =>
    healthcheck?.[1] === 'heterodyne' ? [healthcheck.slice(2)] : [],
  );
  t.is(checks.length, 5);
  const results = await Promise.all(checks.map(args => cluster.run(...argsOn(servers, args))));
  for (const {status, stdout, stderr} of results) {
    t.deepEqual({status, stderr}, {status: 0, stderr: ''});
    t.regex(stdout, /^healthy: .*\n$/);
  }
  const absent = await cluster.run('health', '--servers', servers, '--node', 'node-z');
  t.like(absent, {status: 1, stdout: ''});
  t.regex(absent.stderr, /^DEVICE_LOST: .*node-z.*\n$/);
});

test.serial('the devices are listed by their full names', async t => {
  const cluster = await topology();
  const env = {HETERODYNE_SERVERS: cluster.servers};
  const {stdout} = await runHeterodyne(t, ['devices', '--json'], {env});
  const names: string[] = JSON.parse(stdout).map(({name}: {name: string}) => name);
  t.deepEqual(names.sort(), devices);
  const core = await cluster.connect();
  t.deepEqual(await core.getAvailableDevices(), ['CPU', 'WASM', ...devices]);
});

test.serial('a network is split over devices of two nodes, by their names', async t => {
  const cluster = await topology();
  const args = [digitsPath, '-d', 'HETERO:edge-a/WASM,node-b/CPU', '--servers', cluster.servers];
  const affinity = (await operations()).flatMap((name, index) => {
    return ['-a', `${name}=${index < 8 ? 'edge-a/WASM' : 'node-b/CPU'}`];
  });
  const {status, stdout, stderr} = await cluster.run('explain', ...args, ...affinity, '--json');
  t.deepEqual({status, stderr}, {status: 0, stderr: ''});
  const {stages} = planResultSchema.parse(JSON.parse(stdout)).stageGraph;
  t.deepEqual(
    stages.map(({device}) => device),
    ['edge-a/WASM', 'node-b/CPU'],
  );
  const inferred = await cluster.run('infer', ...args, ...affinity, '--json');
  t.deepEqual({status: inferred.status, stderr: inferred.stderr}, {status: 0, stderr: ''});
  t.is(JSON.parse(inferred.stdout).outputs[0].firstElements.length, 10);
});

test.serial('the client runs the demonstration through the whole cluster', async t => {
  const cluster = await topology();
  const client = services.find(({name}) => name === 'client');
  const args = argsOn(cluster.servers, client?.command ?? []);
  const {status, stdout, stderr} = await cluster.run(...args, '--json');
  t.deepEqual({status, stderr}, {status: 0, stderr: ''});
  const report = JSON.parse(stdout);
  t.like(report, {matchesReference: true, images: 450});
  t.true(report.accuracy >= 0.97);
  t.deepEqual(report.devices, devices);
});

async function operations(): Promise<readonly string[]> {
  const network = await openNetwork(digitsPath);
  return network.operations.map(({name}) => name);
}
