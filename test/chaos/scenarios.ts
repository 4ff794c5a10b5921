import {fork} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {childPids} from '../support/child-processes.js';
import {floats, line} from '../support/cluster-networks.js';
import {CuttableLink} from '../support/cuttable-link.js';
import {eventually} from '../support/eventually.js';
import {coordinator, node, twoNodes} from './commands.js';
import {endless} from './hanging-plugin.js';
import type {Scenario, Stage} from './scenario.js';

const vanishingClient = fileURLToPath(new URL('./vanishing-client.js', import.meta.url));
const hangingPlugin = fileURLToPath(new URL('./hanging-plugin.js', import.meta.url));

function devicePid({cluster}: Stage, name: string): number {
  const [pid] = childPids(cluster.process(name).pid);
  if (pid === undefined) throw new Error(`${name} has no device process`);
  return pid;
}

const now = () => performance.now();

/** A network of one stage is on the first device by name. */
const first = 'node-a';

export const scenarios: readonly Scenario[] = [
  {
    name: 'kill -9 a device process',
    device: 'CPU',
    commands: twoNodes,
    async harm(stage) {
      process.kill(devicePid(stage, first), 'SIGKILL');
      return now();
    },
  },
  {
    name: 'kill -9 a node',
    device: 'CPU',
    commands: twoNodes,
    async harm({cluster}) {
      const at = now();
      await cluster.end(first, 'SIGKILL');
      return at;
    },
  },
  {
    name: 'stop a device for longer than its lease',
    device: 'CPU',
    commands: twoNodes,
    async harm(stage) {
      const pid = devicePid(stage, first);
      process.kill(pid, 'SIGSTOP');
      const at = now();
      stage.t.teardown(() => process.kill(pid, 'SIGCONT'));
      const alive = async () => (await stage.core.getDeviceDescriptions()).map(({name}) => name);
      await eventually(alive, names => !names.includes(`${first}/CPU`));
      await stage.load.more(20);
      process.kill(pid, 'SIGCONT');
      await eventually(alive, names => names.includes(`${first}/CPU`));
      return at;
    },
  },
  {
    name: 'kill -9 the leading coordinator',
    device: 'CPU',
    commands: servers => ({
      one: coordinator(servers),
      other: coordinator(servers),
      [first]: node(servers, first),
    }),
    async harm({cluster}) {
      const leads = (name: string) => cluster.process(name).stderr.includes('leads');
      const leader = await eventually(
        () => ['one', 'other'].find(leads),
        name => name !== undefined,
      );
      const other = leader === 'one' ? 'other' : 'one';
      const at = now();
      await cluster.end(leader ?? 'one', 'SIGKILL');
      await eventually(
        () => leads(other),
        taken => taken,
      );
      return at;
    },
  },
  {
    name: 'restart nats-server, with its store',
    device: 'CPU',
    commands: twoNodes,
    async harm({cluster}) {
      const at = now();
      await cluster.killServer();
      await cluster.restartServer();
      return at;
    },
  },
  {
    name: 'cut a node off, and join it again',
    device: 'CPU',
    async commands(servers, t) {
      const link = await CuttableLink.to(t, servers);
      links.set(t, link);
      return {...twoNodes(servers), [first]: node(link.url, first)};
    },
    async harm({t, core, load}) {
      const link = links.get(t);
      link?.cut();
      const at = now();
      const alive = async () => (await core.getDeviceDescriptions()).map(({name}) => name);
      await eventually(alive, names => !names.includes(`${first}/CPU`));
      await load.more(20);
      link?.mend();
      return at;
    },
  },
  {
    name: 'fill a mailbox',
    device: 'CPU',
    config: {QUEUED_MAX: 1, NUM_STREAMS: 1},
    requests: 32,
    commands: twoNodes,
    async harm({load}) {
      const at = now();
      await load.more(200);
      return at;
    },
  },
  {
    name: 'a kernel that never returns',
    device: 'HANGING',
    config: {NUM_STREAMS: 1},
    mayFail: ['DEADLINE_EXCEEDED'],
    commands: servers => ({
      coordinator: coordinator(servers),
      [first]: [...node(servers, first), '--plugin', hangingPlugin],
    }),
    async harm({core}) {
      const executable = await core.loadNetwork(await core.readNetwork(line()), 'HANGING', {
        NUM_STREAMS: 1,
      });
      const at = now();
      const request = executable.createInferRequest();
      await request.infer({x: floats([endless, 0], 2)}, {timeoutMs: 500}).catch(() => {});
      const restarted = async () => {
        const devices = await core.getDeviceDescriptions();
        return devices.find(({kind}) => kind === 'HANGING')?.restarts ?? 0;
      };
      await eventually(restarted, restarts => restarts > 0);
      return at;
    },
  },
  {
    name: 'a client that vanishes with requests in flight',
    device: 'CPU',
    commands: twoNodes,
    async harm({t, cluster}) {
      const client = fork(vanishingClient, [cluster.servers]);
      t.teardown(() => client.kill('SIGKILL'));
      await once(client, 'message');
      const at = now();
      client.kill('SIGKILL');
      await once(client, 'exit');
      return at;
    },
  },
  {
    name: 'a rolling restart of every node',
    device: 'CPU',
    commands: twoNodes,
    async harm({cluster, core, load}) {
      const at = now();
      for (const name of ['node-a', 'node-b']) {
        await cluster.end(name, 'SIGTERM');
        await load.more(20);
        await cluster.start({[`${name} again`]: node(cluster.servers, name)});
        const alive = async () => (await core.getDeviceDescriptions()).map(each => each.node);
        await eventually(alive, names => names.includes(name));
        await load.more(20);
      }
      return at;
    },
  },
];

/** Made with the commands of a run, used in its harm. */
const links = new WeakMap<object, CuttableLink>();
