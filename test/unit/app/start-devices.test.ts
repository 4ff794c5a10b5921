import test from 'ava';
import {startDevices} from '../../../src/app/start-devices.js';
import {ActorSystem} from '../../../src/kernel/actor-system.js';
import type {Plugin, PluginDevice} from '../../../src/plugin/plugin.js';
import {createMemoryBulkStore} from '../../../src/wire/memory-bulk-store.js';
import {SeededRandom} from '../../support/seeded-random.js';
import {VirtualWorld} from '../../support/virtual-world.js';

const chip = (id: string): PluginDevice => ({id, fullName: 'a chip', capabilities: ['FP32']});

function start(ids: readonly string[]) {
  let closed = 0;
  const plugin: Plugin = {
    name: 'CHIP',
    version: '1',
    devices: async () => ids.map(chip),
    queryNetwork: async () => [],
    loadNetwork: () => Promise.reject(new Error('not here')),
    close: async () => void closed++,
  };
  const system = new ActorSystem(new VirtualWorld());
  const bulk = createMemoryBulkStore();
  const random = new SeededRandom(1);
  const started = startDevices({node: 'host-a', plugin, system, bulk, random});
  return {started, closed: () => closed};
}

test('each device of a plugin is one of the node, with its number', async t => {
  const {started} = start(['0', '1']);
  const {devices, close} = await started;
  t.teardown(close);
  t.like(devices, [
    {name: 'host-a/CHIP.0', kind: 'CHIP', id: '0'},
    {name: 'host-a/CHIP.1', kind: 'CHIP', id: '1'},
  ]);
});

for (const ids of [['0', '0'], ['a/b'], ['0.1']]) {
  test(`devices ${ids.join(' and ')} cannot be told apart: nothing is started`, async t => {
    const {started, closed} = start(ids);
    await t.throwsAsync(started, {code: 'INVALID_ARGUMENT', message: /plugin CHIP.*id/});
    t.is(closed(), 1);
  });
}
