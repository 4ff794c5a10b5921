import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {connect, type NatsConnection, RequestStrategy} from 'nats';
import {floats, line} from '../support/cluster-networks.js';
import {type ClusterProcesses, startClusterProcesses} from '../support/cluster-processes.js';
import {eventually} from '../support/eventually.js';
import {fileCleanup} from '../support/file-cleanup.js';

/* A cluster of processes, watched as its operator watches it. */

const page = readFileSync(new URL('../../../docs/OBSERVING.md', import.meta.url), 'utf8');
const mayfly = fileURLToPath(new URL('../support/short-lived-plugin.js', import.meta.url));
const cleanup = fileCleanup();
let started: Promise<ClusterProcesses> | undefined;

function cluster(): Promise<ClusterProcesses> {
  started ??= startClusterProcesses(cleanup, servers => {
    const joined = ['--servers', servers, '--metrics', '127.0.0.1:0'];
    return {
      coordinator: ['coordinator', ...joined],
      node: ['node', '--name', 'host-a', '--devices', 'CPU,TEMPLATE', '-p', mayfly, ...joined],
    };
  });
  return started;
}

async function scrape(name: string): Promise<string> {
  const {stderr} = (await cluster()).process(name);
  const url = /^metrics at (\S+)$/m.exec(stderr)?.[1] ?? '';
  return (await fetch(url)).text();
}

/** The value of the first line with that name and all those labels. */
function valueIn(text: string, name: string, labels: readonly string[] = []): number | undefined {
  const lines = text.split('\n').filter(each => each.startsWith(`${name}{`));
  const found = lines.find(each => labels.every(label => each.includes(label)));
  return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ')));
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
}

test.serial('one port tells of every process of a node, and one of the coordinator', async t => {
  const core = await (await cluster()).connect();
  const network = await core.readNetwork(line());
  const executable = await core.loadNetwork(network, 'CPU');
  const request = executable.createInferRequest();
  for (const value of [1, 2, 3]) await request.infer({x: floats([value, value], 2)});

  const node = await scrape('node');
  const done = ['outcome="executed"', 'device="host-a/CPU"', 'process="CPU"'];
  t.is(valueIn(node, 'heterodyne_stage_requests_total', done), 3);
  t.is(valueIn(node, 'heterodyne_stage_execute_seconds_count', ['device="host-a/CPU"']), 3);
  t.is(valueIn(node, 'heterodyne_stage_queued', ['device="host-a/CPU"']), 0);
  const received = ['lane="inline"', 'direction="received"', 'process="CPU"'];
  t.true((valueIn(node, 'heterodyne_lane_bytes_total', received) ?? 0) > 0);
  for (const plugin of ['CPU', 'TEMPLATE']) {
    t.is(valueIn(node, 'heterodyne_device_process_up', [`plugin="${plugin}"`]), 1);
    t.truthy(valueIn(node, 'process_resident_memory_bytes', [`process="${plugin}"`]));
  }

  const coordinator = await scrape('coordinator');
  t.is(valueIn(coordinator, 'heterodyne_coordinator_leads'), 1);
  t.true((valueIn(coordinator, 'heterodyne_devices', ['state="alive"']) ?? 0) >= 2);
  t.is(valueIn(coordinator, 'heterodyne_deployments', ['state="loaded"']), 1);
  t.is(valueIn(coordinator, 'heterodyne_deployment_epoch', ['network="line"']), 0);
  await executable.release();
});

test.serial('docs/OBSERVING.md lists every metric, and no other', async t => {
  const core = await (await cluster()).connect();
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'TEMPLATE');
  const names = new Set([
    ...namesIn(await scrape('node')),
    ...namesIn(await scrape('coordinator')),
    ...namesIn(core.prometheusMetrics()),
  ]);
  const listed = [...page.matchAll(/^\| `(\w+_\w+)`/gm)].map(([, name = '']) => name);
  t.deepEqual([...names].sort(), listed.sort());
  await executable.release();
});

async function rawConnection(t: ExecutionContext): Promise<NatsConnection> {
  const raw = await connect({servers: (await cluster()).servers});
  t.teardown(() => raw.close());
  return raw;
}

interface Told {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly endpoints?: readonly {
    readonly name: string;
    readonly subject: string;
    readonly data?: Readonly<Record<string, number>>;
  }[];
}

/** The coordinator's answer, and the node's. */
async function askServices(raw: NatsConnection, verb: string): Promise<readonly Told[]> {
  const answers = await raw.requestMany(`$SRV.${verb}`, '', {
    strategy: RequestStrategy.Count,
    maxMessages: 2,
    maxWait: 10_000,
  });
  const told: Told[] = [];
  for await (const answer of answers) told.push(answer.json<Told>());
  return told.sort((a, b) => (a.name < b.name ? -1 : 1));
}

test.serial('coordinators and nodes answer $SRV.PING', async t => {
  const raw = await rawConnection(t);
  const [coordinator, node, ...more] = await askServices(raw, 'PING');
  t.deepEqual(more, []);
  const type = 'io.nats.micro.v1.ping_response';
  t.like(coordinator, {type, name: 'heterodyne-coordinator', metadata: {cluster: 'default'}});
  t.like(node, {type, name: 'heterodyne-node', metadata: {cluster: 'default', node: 'host-a'}});
  t.regex(node?.version ?? '', /^\d+\.\d+\.\d+/);
  const one = await raw.request(`$SRV.PING.heterodyne-node.${node?.id}`);
  t.is(one.json<Told>().id, node?.id ?? '');
});

test.serial('$SRV.STATS holds totals, and $SRV.INFO an endpoint that tells them apart', async t => {
  const raw = await rawConnection(t);
  const [coordinator, node] = await askServices(raw, 'STATS');
  t.is(coordinator?.endpoints?.[0]?.data?.['heterodyne_coordinator_leads'], 1);
  t.true((node?.endpoints?.[0]?.data?.['heterodyne_device_process_up'] ?? 0) >= 2);
  const [, info] = await askServices(raw, 'INFO');
  const {subject = ''} = info?.endpoints?.[0] ?? {};
  const answer = await raw.request(subject, '', {timeout: 10_000});
  t.is(valueIn(answer.string(), 'heterodyne_device_process_up', ['plugin="CPU"']), 1);
});

test.serial('top tells of devices and stages, for people and as JSON', async t => {
  const processes = await cluster();
  const core = await processes.connect();
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU');
  const {servers} = processes;
  const text = await processes.run('top', '--once', '--servers', servers);
  t.like(text, {status: 0, stderr: ''});
  t.regex(text.stdout, /^host-a\/CPU +alive +1 +0\.0 +0$/m);
  t.regex(text.stdout, /^\w{8} +line +CPU +loaded +0 +1$/m);
  const json = await processes.run('top', '--once', '--json', '--servers', servers);
  t.like(JSON.parse(json.stdout), {
    deployments: [{network: 'line', stages: [{device: 'host-a/CPU', stats: {executed: 0}}]}],
  });
  await executable.release();
});

test.serial(
  'a device whose process ends again and again is shown as given up, and why',
  async t => {
    t.timeout(90_000);
    const processes = await cluster();
    const list = () => processes.run('devices', '--servers', processes.servers);
    const {stdout} = await eventually(list, told => told.stdout.includes('given up'), 60_000);
    t.regex(stdout, /^host-a\/MAYFLY +given up +exit status 3$/m);
    t.regex(stdout, /^host-a\/CPU +alive /m);
    const node = await scrape('node');
    t.is(valueIn(node, 'heterodyne_device_process_given_up', ['short-lived']), 1);
    t.is(valueIn(node, 'heterodyne_device_process_restarts_total', ['short-lived']), 5);
  },
);
