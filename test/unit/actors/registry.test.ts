import test from 'ava';
import {Registry} from '../../../actors/registry.js';
import type {AbsentDevice} from '../../../schemas/cluster-status.js';
import type {DeviceDescription} from '../../../schemas/device.js';
import {BareActor} from '../../support/bare-actor.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {metricValue} from '../../support/metric-value.js';

const cpu = deviceOn('host-a', 'CPU');
const gpu = deviceOn('host-b', 'GPU');

/** A registry that looks at leases every 500 ms. */
class RegistryBench extends BareActor<unknown, unknown> {
  constructor() {
    super(new Registry('coordinator.1', 500));
  }

  beat(device: DeviceDescription, leaseMs = 4000): void {
    this.receive({kind: 'heartbeat', device, leaseMs, stages: []});
  }

  giveUp(device: DeviceDescription, node = device.node): void {
    this.receive({kind: 'givenUp', node, devices: [device.name], why: 'exit status 3'});
  }

  /** Those of whom the coordinator was told last that they are gone. */
  absent(): readonly AbsentDevice[] | undefined {
    const last = this.sent().at(-1)?.message as {readonly absent?: readonly AbsentDevice[]};
    return last?.absent;
  }

  /** Names of the devices that the coordinator was told of last; undefined if of none. */
  told(): readonly string[] | undefined {
    const last = this.sent().at(-1);
    if (last === undefined) return undefined;
    if (last.to !== 'coordinator.1') throw new Error(`told ${last.to}`);
    const {devices} = last.message as {readonly devices: readonly DeviceDescription[]};
    return devices.map(({name}) => name);
  }
}

test('the coordinator beside it is told of a device that joins, once', t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  t.deepEqual(registry.told(), ['host-a/CPU']);
  registry.beat(cpu);
  t.is(registry.told(), undefined);
  registry.beat(gpu);
  t.deepEqual(registry.told(), ['host-a/CPU', 'host-b/GPU']);
});

test('a device that is silent for longer than its lease is gone', t => {
  const registry = new RegistryBench();
  registry.beat(cpu, 4000);
  registry.beat(gpu, 4000);
  registry.told();
  registry.advance(3000);
  registry.beat(gpu, 4000);
  registry.advance(900);
  t.is(registry.told(), undefined);
  registry.advance(600);
  t.deepEqual(registry.told(), ['host-b/GPU']);
});

test('heartbeats keep a device', t => {
  const registry = new RegistryBench();
  for (let beat = 0; beat < 20; beat++) {
    registry.beat(cpu, 1500);
    registry.advance(1000);
  }
  t.deepEqual(registry.told(), ['host-a/CPU']);
  t.is(registry.told(), undefined);
});

test('a device that says goodbye is gone at once', t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  registry.told();
  registry.receive({kind: 'goodbye', address: cpu.address});
  t.deepEqual(registry.told(), []);
  registry.receive({kind: 'goodbye', address: cpu.address});
  t.is(registry.told(), undefined);
});

test('a device that comes back under its name replaces the one that was there', t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  const again = {...cpu, address: 'device.again'};
  registry.beat(again);
  t.deepEqual(registry.told(), ['host-a/CPU']);
  registry.receive({kind: 'goodbye', address: cpu.address});
  t.is(registry.told(), undefined, 'the old one says goodbye late');
  registry.receive({kind: 'goodbye', address: again.address});
  t.deepEqual(registry.told(), []);
});

test('there is a bound on devices, and one that comes back under its name is within it', t => {
  const registry = new RegistryBench();
  for (let node = 0; node < 4096; node++) registry.beat(deviceOn(`h${node}`, 'CPU'));
  t.is(registry.told()?.length, 4096);
  registry.beat(cpu);
  t.is(registry.told(), undefined);
  registry.beat({...deviceOn('h7', 'CPU'), address: 'device.again'});
  t.is(registry.told()?.length, 4096);
});

test('what is no message to a registry is refused at the door', t => {
  const registry = new RegistryBench();
  for (const message of [null, {kind: 'heartbeat'}, {kind: 'goodbye', address: 7}]) {
    t.like(
      t.throws(() => registry.receive(message)),
      {code: 'INVALID_FRAME'},
    );
  }
});

test('time in which the process could not run ends no lease', t => {
  const registry = new Registry('coordinator.1', 500);
  registry.start(0);
  const message = {kind: 'heartbeat', device: cpu, leaseMs: 4000, stages: []} as const;
  registry.receive({message, tensors: new Map(), owned: false}, 100);
  const check = (now: number) => {
    return registry.resume({kind: 'expire'}, now).some(effect => effect.do === 'send');
  };
  t.false(check(500));
  t.false(check(9000), 'eight seconds late');
  t.false(check(9500), 'the heartbeats that lay unread would have come by now');
  for (let now = 10_000; now < 12_500; now += 500) t.false(check(now));
  t.true(check(12_600), '4,000 ms of time that ran');
});

test('its metrics tell devices that are alive from those that were lost lately', t => {
  const registry = new RegistryBench();
  const count = (state: string) => metricValue(registry.metrics(), 'heterodyne_devices', {state});
  registry.beat(cpu);
  registry.beat({...gpu, restarts: 2});
  t.deepEqual([count('alive'), count('lost')], [2, 0]);
  const device = gpu.name;
  t.is(metricValue(registry.metrics(), 'heterodyne_device_restarts', {device}), 2);
  t.is(metricValue(registry.metrics(), 'heterodyne_device_lease_seconds', {device}), 4);
  registry.advance(3000);
  registry.beat(cpu);
  registry.advance(1500);
  t.deepEqual([count('alive'), count('lost')], [1, 1]);
  t.is(metricValue(registry.metrics(), 'heterodyne_device_losses_total'), 1);
  registry.beat(gpu);
  t.deepEqual([count('alive'), count('lost')], [2, 0]);
});

test('a device that said goodbye was not lost, and one that is lost for long is forgotten', t => {
  const registry = new RegistryBench();
  const lost = () => metricValue(registry.metrics(), 'heterodyne_devices', {state: 'lost'});
  registry.beat(cpu);
  registry.beat(gpu);
  registry.receive({kind: 'goodbye', address: cpu.address});
  t.is(lost(), 0);
  registry.advance(5000);
  t.is(lost(), 1);
  registry.advance(600_000);
  t.is(lost(), 0);
});

test('of two devices of one name the last to come stays, until it is gone', t => {
  const registry = new RegistryBench();
  const twin = {...cpu, address: 'device.twin'};
  const addresses = () => {
    const last = registry.sent().at(-1)?.message as {devices: readonly DeviceDescription[]};
    return last?.devices.map(({address}) => address);
  };
  registry.beat(cpu);
  registry.beat(twin);
  t.deepEqual(addresses(), [twin.address]);
  for (let second = 0; second < 3; second++) {
    registry.beat(cpu);
    registry.beat(twin);
  }
  t.falsy(addresses(), 'the one that was displaced is not heard');
  registry.receive({kind: 'goodbye', address: twin.address});
  registry.beat(cpu);
  t.deepEqual(addresses(), [cpu.address]);
});

test('the coordinator is told what a device holds, whenever that has changed', t => {
  const registry = new RegistryBench();
  const beat = (...stages: string[]) => {
    registry.receive({kind: 'heartbeat', device: cpu, leaseMs: 4000, stages});
    return registry.sent().map(({message}) => message);
  };
  t.like(beat('stage.a'), [
    {kind: 'members'},
    {kind: 'holds', device: cpu.address, stages: ['stage.a']},
  ]);
  t.deepEqual(beat('stage.a'), []);
  t.like(beat('stage.a', 'stage.b'), [{kind: 'holds', stages: ['stage.a', 'stage.b']}]);
  t.like(beat(), [{kind: 'holds', stages: []}]);
});

test('a device that its node gave up is gone at once, told once, and says why', t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  registry.beat(gpu);
  registry.giveUp(cpu);
  t.deepEqual(registry.absent(), [{name: cpu.name, state: 'givenUp', why: 'exit status 3'}]);
  t.is(metricValue(registry.metrics(), 'heterodyne_devices', {state: 'alive'}), 1);
  t.is(metricValue(registry.metrics(), 'heterodyne_devices', {state: 'givenUp'}), 1);
  registry.giveUp(cpu);
  t.is(registry.absent(), undefined);
  registry.beat({...cpu, address: 'device.again'});
  t.deepEqual(registry.absent(), []);
});

test('a lost device is told of as lost, until its node gives it up', t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  registry.advance(5000);
  t.like(registry.absent(), [{name: cpu.name, state: 'lost'}]);
  registry.giveUp(cpu);
  t.like(registry.absent(), [{name: cpu.name, state: 'givenUp'}]);
});

test("a node gives up no other node's device that is alive", t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  registry.giveUp(cpu, 'host-b');
  t.is(metricValue(registry.metrics(), 'heterodyne_devices', {state: 'alive'}), 1);
});

test('it logs who comes, goes, is lost and is given up, each once', t => {
  const registry = new RegistryBench();
  registry.beat(cpu);
  registry.beat(gpu);
  registry.receive({kind: 'goodbye', address: gpu.address});
  registry.advance(5000);
  registry.giveUp(cpu);
  registry.giveUp(cpu);
  t.deepEqual(
    registry.logged.map(({level, message, fields}) => [level, message, fields['device']]),
    [
      ['info', 'a device has joined', cpu.name],
      ['info', 'a device has joined', gpu.name],
      ['info', 'a device has left', gpu.name],
      ['warn', 'a device is lost', cpu.name],
      ['error', 'a device is given up', cpu.name],
    ],
  );
});
