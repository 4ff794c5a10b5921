import {readFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {connect, type NatsConnection, RequestStrategy} from 'nats';
import {runCoordinator} from '../../src/app/run-coordinator.js';
import {runNode} from '../../src/app/run-node.js';
import {Core} from '../../src/index.js';
import {silentLog} from '../../src/ports/log.js';
import {floats, line} from '../support/cluster-networks.js';
import {eventually} from '../support/eventually.js';
import {withNats} from '../support/nats.js';
import {temporaryFolder} from '../support/temporary-folder.js';

const page = readFileSync('docs/SECURITY.md', 'utf8');
const config = /<!-- nats-server\.conf -->\s*```\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

const passwords = {
  coordinator: 'change-me-1',
  'edge-a': 'change-me-2',
  alice: 'change-me-3',
  operator: 'change-me-4',
};
type User = keyof typeof passwords;

interface Guarded {
  readonly url: string;
  as(user: User): {
    readonly servers: string;
    readonly cluster: string;
    readonly user: string;
    readonly pass: string;
    readonly identity: string;
  };
}

/** The server of the page, with a coordinator and a node on it. */
async function guardedCluster(t: ExecutionContext): Promise<Guarded> {
  const folder = await temporaryFolder(t);
  process.env['XDG_CACHE_HOME'] = folder;
  const {url} = await withNats(t, {config});
  const as = (user: User) => {
    return {servers: url, cluster: 'main', user, pass: passwords[user], identity: user};
  };
  const coordinator = await runCoordinator(as('coordinator'), silentLog);
  t.teardown(() => coordinator.close());
  const connectAs = as('edge-a');
  const node = await runNode({
    name: 'edge-a',
    devices: ['CPU'],
    connect: connectAs,
    log: silentLog,
  });
  t.teardown(() => node.close());
  return {url, as};
}

async function alice(t: ExecutionContext, {as}: Guarded): Promise<Core> {
  const core = await Core.connect(as('alice'));
  t.teardown(() => core.close());
  await eventually(
    () => core.getAvailableDevices(),
    devices => devices.length > 0,
  );
  return core;
}

/** What the server says to a connection of `user` that publishes, or listens, at a subject. */
async function refusals(
  t: ExecutionContext,
  {url}: Guarded,
  {
    user,
    publish = [],
    subscribe = [],
  }: {
    readonly user: User;
    readonly publish?: readonly string[];
    readonly subscribe?: readonly string[];
  },
): Promise<readonly string[]> {
  const raw = await connect({servers: url, user, pass: passwords[user]});
  t.teardown(() => raw.close());
  const refused: string[] = [];
  void heed(raw, refused);
  for (const subject of subscribe) {
    raw.subscribe(subject, {
      callback: error => {
        if (error !== null) refused.push(subject);
      },
    });
  }
  for (const subject of publish) raw.publish(subject, new Uint8Array([1]));
  await raw.flush();
  await raw.flush();
  await raw.close();
  return refused;
}

async function heed(raw: NatsConnection, refused: string[]): Promise<void> {
  for await (const {type, permissionContext} of raw.status()) {
    const context = permissionContext as {operation?: string; subject?: string} | undefined;
    if (type === 'error' && context?.operation === 'publish') refused.push(context.subject ?? '');
  }
}

test('with the permissions of docs/SECURITY.md everything works that must', async t => {
  t.timeout(120_000);
  const cluster = await guardedCluster(t);
  const core = await alice(t, cluster);
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU');
  const small = await executable.createInferRequest().infer({x: floats([1, 2], 2)});
  t.deepEqual(Array.from((small['y']?.data ?? []) as Float32Array), [3, 5]);
  // More than a message may hold: it comes and goes in chunks.
  const large = await executable
    .createInferRequest()
    .infer({x: floats(new Array(600_000).fill(1), 2)});
  t.is(large['y']?.data.length, 600_000);
});

test('who lacks a permission is told of identity and cluster, and of what was refused', async t => {
  t.timeout(120_000);
  const {as} = await guardedCluster(t);
  const {identity, ...nobody} = as('alice');
  for (const options of [nobody, {...nobody, identity, cluster: 'other'}]) {
    await t.throwsAsync(Core.connect(options), {
      code: 'INVALID_CONFIG_VALUE',
      message: /identity and the cluster's name .*Permissions Violation .*hd\./,
    });
  }
});

test('a node with the identity of another user does not start, and says what was refused', async t => {
  t.timeout(120_000);
  const {as} = await guardedCluster(t);
  const setting = {name: 'edge-b', devices: ['CPU'], connect: as('alice'), log: silentLog};
  await t.throwsAsync(runNode(setting), {
    code: 'INVALID_CONFIG_VALUE',
    message: /identity and the cluster's name .*Permissions Violation .*hd\.main\.device/,
  });
});

test('a client passes for nobody, hears nobody, and writes no state', async t => {
  t.timeout(120_000);
  const cluster = await guardedCluster(t);
  await alice(t, cluster);
  const subscribe = [
    'hd.main.device.>',
    'hd.main.stage.>',
    'hd.main.coordinator',
    'hd.main.all.registry',
    'hd.main.client.>',
    'hd.main.client.bob.>',
    'hd.main._peer.bob.>',
    'hd.main._peer.*.*.chunk',
    'hd.main._inbox.>',
    '>',
  ];
  t.deepEqual(await refusals(t, cluster, {user: 'alice', subscribe}), subscribe);
  const publish = [
    'hd.main.all.registry',
    'hd.main.client.bob.x',
    'hd.main.coordinator.x',
    'hd.main.device.x',
    '$KV.hd_main_state.leader',
    '$JS.API.STREAM.DELETE.KV_hd_main_state',
    '$JS.API.STREAM.DELETE.OBJ_hd_main_blobs',
    '$JS.API.DIRECT.GET.KV_hd_main_state',
    '$SRV.PING',
  ];
  t.deepEqual(await refusals(t, cluster, {user: 'alice', publish}), publish);
});

test('a node passes for no coordinator, and writes no state', async t => {
  t.timeout(120_000);
  const cluster = await guardedCluster(t);
  const subscribe = ['hd.main.coordinator', 'hd.main.coordinator.>', 'hd.main.all.registry'];
  t.deepEqual(await refusals(t, cluster, {user: 'edge-a', subscribe}), subscribe);
  const publish = ['hd.main.coordinator', 'hd.main.device.x', '$KV.hd_main_state.leader'];
  t.deepEqual(await refusals(t, cluster, {user: 'edge-a', publish}), publish);
});

test('an operator sees coordinators and nodes, and nothing else', async t => {
  t.timeout(120_000);
  const cluster = await guardedCluster(t);
  const raw = await connect({servers: cluster.url, user: 'operator', pass: passwords.operator});
  t.teardown(() => raw.close());
  const pings = await raw.requestMany('$SRV.PING', '', {
    strategy: RequestStrategy.Count,
    maxMessages: 2,
    maxWait: 10_000,
  });
  const names: string[] = [];
  for await (const ping of pings) names.push(ping.json<{name: string}>().name);
  t.deepEqual(names.sort(), ['heterodyne-coordinator', 'heterodyne-node']);
  const subscribe = ['hd.main.stage.>', 'hd.main._inbox.alice.>'];
  t.deepEqual(await refusals(t, cluster, {user: 'operator', subscribe}), subscribe);
});
