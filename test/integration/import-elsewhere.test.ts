import {randomUUID} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {runCoordinator} from '../../src/app/run-coordinator.js';
import {runNode} from '../../src/app/run-node.js';
import {Core, type ExecutableNetwork} from '../../src/index.js';
import {silentLog} from '../../src/ports/log.js';
import {floats, line} from '../support/cluster-networks.js';
import {eventually} from '../support/eventually.js';
import {withNats} from '../support/nats.js';

function placesOf({variants}: ExecutableNetwork): readonly string[] {
  return variants.flatMap(({stageGraph}) =>
    stageGraph.stages.flatMap(({replicas}) =>
      replicas.map(({device, origin}) => `${device} ${origin}`),
    ),
  );
}

async function infer(executable: ExecutableNetwork): Promise<readonly unknown[]> {
  const {y} = await executable.createInferRequest().infer({x: floats([1, 2], 2)});
  return [...(y?.data ?? [])];
}

test('a network goes to another host, which compiles nothing, and then to yet another', async t => {
  const cache = await mkdtemp(join(tmpdir(), 'heterodyne-cache-'));
  t.teardown(() => rm(cache, {recursive: true, force: true}));
  process.env['XDG_CACHE_HOME'] = cache; // Device processes inherit it.
  const {url: servers} = await withNats(t);
  const connect = {servers, cluster: randomUUID()};
  const coordinator = await runCoordinator(connect, silentLog);
  t.teardown(() => coordinator.close());
  const start = async (name: string) => {
    const node = await runNode({name, devices: ['CPU'], connect, log: silentLog});
    t.teardown(() => node.close());
    return node;
  };
  const first = await start('host-a');
  const core = await Core.connect(connect);
  t.teardown(() => core.close());
  await eventually(
    () => core.getAvailableDevices(),
    devices => devices.length > 0,
  );
  const network = await core.readNetwork(line());
  const executable = await core.loadNetwork(network, 'CPU');
  const blob = await executable.exportNetwork({networks: false});
  await executable.release();

  const second = await start('host-b');
  await eventually(
    () => core.getAvailableDevices(),
    devices => devices.includes('host-b/CPU'),
  );
  await first.close();
  const imported = await core.importNetwork(blob, 'host-b/CPU');
  t.deepEqual(placesOf(imported), ['host-b/CPU blob']);
  t.deepEqual(await infer(imported), [3, 5]);
  await imported.release();

  const anywhere = await core.importNetwork(blob);
  t.deepEqual(placesOf(anywhere), ['host-b/CPU blob']);
  await start('host-c');
  await eventually(
    () => core.getAvailableDevices(),
    devices => devices.includes('host-c/CPU'),
  );
  await second.close();
  await eventually(
    () => placesOf(anywhere),
    places => places.includes('host-c/CPU blob'),
  );
  t.deepEqual(await infer(anywhere), [3, 5]);
});
