import test from 'ava';
import {Device} from '../../../actors/device.js';
import {registryAddress} from '../../../schemas/addresses.js';
import type {Reply} from '../../../schemas/messages/ask.js';
import {InferenceError} from '../../../src/errors.js';
import {BareActor} from '../../support/bare-actor.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {chain, orderOf, singleStage} from '../../support/stage-graphs.js';

const description = deviceOn('host-a', 'CPU');
const order = orderOf(singleStage(), 0);
const {address, network} = order;

const settings = {
  description,
  plugin: 'plugin',
  heartbeatMs: 1000,
  leaseMs: 4000,
  idleMs: 1000,
  leaveMsMax: 15_000,
};

/** A device, and shorthands for what is asked of it. */
class DeviceBench extends BareActor<unknown, unknown> {
  #asked = 0;

  constructor(stagesMax = 2) {
    super(new Device({...settings, stagesMax}));
    this.sent();
  }

  ask(message: object): void {
    this.receive({...message, ask: {from: 'coordinator.1', id: this.#asked++}});
  }

  load(stage = order): void {
    this.ask({kind: 'load', stage});
  }

  unload(of = address): void {
    this.ask({kind: 'unload', address: of});
  }

  get tasks(): readonly unknown[] {
    return this.running.map(({task}) => task);
  }

  /** The answers that were sent since they were asked for last. */
  answers(): readonly Reply[] {
    const sent = this.sent();
    if (sent.some(({to}) => to !== 'coordinator.1')) throw new Error('somebody else was told');
    return sent.map(({message}) => message as Reply);
  }
}

const loaded = {ok: true, value: {slots: 3, queuedMax: 5, origin: 'compiled'}} as const;
const released = {ok: true, value: null} as const;

test('it tells the registries that it is alive, at once and every second', t => {
  const device = new BareActor(new Device({...settings, stagesMax: 2}));
  device.advance(2000);
  const heartbeat = {kind: 'heartbeat', device: description, leaseMs: 4000, stages: []};
  t.deepEqual(
    device.sent().map(({to, message}) => [to, message]),
    [1, 2, 3].map(() => [registryAddress, heartbeat]),
  );
});

test('heartbeats name the stages that it runs', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.sent();
  device.advance(1000);
  t.like(device.sent(), [{message: {stages: [address]}}]);
});

test('its last words stop its stages and say goodbye', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.sent();
  device.stop();
  t.deepEqual(device.stopped, [address]);
  t.like(device.sent(), [
    {to: registryAddress, message: {kind: 'goodbye', address: description.address}},
  ]);
  t.deepEqual(device.done.slice(-2), ['stop', 'send'], 'what the stages still say goes first');
});

test('a query is answered with what the plugin says', t => {
  const device = new DeviceBench();
  device.ask({kind: 'query', network, config: {NUM_STREAMS: 2}});
  t.deepEqual(device.tasks, [{kind: 'query', network, config: {NUM_STREAMS: 2}}]);
  const support = [{name: 'conv', supported: true}];
  device.settle({ok: true, value: support});
  t.deepEqual(device.answers(), [{kind: 'reply', id: 0, ok: true, value: support}]);
});

test('its properties are what the plugin says of it', t => {
  const device = new DeviceBench();
  device.ask({kind: 'properties'});
  t.deepEqual(device.tasks, [{kind: 'properties', device: description}]);
  const value = {metrics: {FULL_DEVICE_NAME: 'a chip'}, config: {}};
  device.settle({ok: true, value});
  t.deepEqual(device.answers(), [{kind: 'reply', id: 0, ok: true, value}]);
});

test('one of several devices of a kind says by DEVICE_ID which it is', t => {
  const gpu = deviceOn('host-a', 'GPU', '1');
  const times = {heartbeatMs: 1000, leaseMs: 4000, stagesMax: 2, idleMs: 1000, leaveMsMax: 15_000};
  const device = new BareActor(new Device({description: gpu, plugin: 'plugin', ...times}));
  const ask = {from: 'coordinator.1', id: 0};
  device.receive({kind: 'query', ask, network, config: {NUM_STREAMS: 2}});
  device.receive({kind: 'load', ask, stage: order});
  t.like(device.running, [
    {task: {kind: 'query', config: {NUM_STREAMS: 2, DEVICE_ID: '1'}}},
    {task: {kind: 'load', config: {DEVICE_ID: '1'}}},
  ]);
});

test('a query that fails says on which device', t => {
  const device = new DeviceBench();
  device.ask({kind: 'query', network, config: {}});
  device.settle({ok: false, error: new InferenceError('INVALID_NETWORK', 'no graph')});
  t.like(device.answers(), [
    {ok: false, error: {code: 'INVALID_NETWORK', place: {device: 'host-a/CPU'}}},
  ]);
});

test('a stage is compiled, its actor started, and then the order answered', t => {
  const device = new DeviceBench();
  device.load();
  t.deepEqual(device.tasks, [
    {
      kind: 'load',
      address,
      network,
      compiled: null,
      config: {},
      batch: 1,
      fullName: 'the CPU of host-a',
      overridable: [],
    },
  ]);
  t.deepEqual(device.answers(), []);
  device.settle(loaded);
  t.deepEqual([...device.spawned.keys()], [address]);
  t.deepEqual(device.answers(), [
    {kind: 'reply', id: 0, ok: true, value: {slots: 3, origin: 'compiled'}},
  ]);
  t.deepEqual(device.done.slice(-3), ['spawn', 'send', 'log']);
});

test('as many wait at a stage as the plugin says', t => {
  const device = new DeviceBench();
  device.load();
  device.settle({ok: true, value: {slots: 1, queuedMax: 1, origin: 'compiled'}});
  const behaviour = device.spawned.get(address);
  if (behaviour === undefined) return t.fail();
  const stage = new BareActor(behaviour);
  const fields = {client: 'client.me', attempt: 1, source: -1, route: [0], remainingMs: 1000};
  const x = {type: 'f32' as const, shape: [1, 4], data: new Float32Array(4)};
  for (const request of [1, 2, 3]) {
    const message = {kind: 'infer', ...fields, request, profile: false, timings: []};
    stage.receive(message, new Map([['x', x]]));
  }
  t.like(stage.sent(), [{message: {request: 3, error: {code: 'QUEUE_FULL'}}}]);
});

test('a stage that does not compile is told with stage and device, and leaves its place', t => {
  const device = new DeviceBench(1);
  device.load();
  device.settle({ok: false, error: new InferenceError('COMPILE_FAILED', 'no kernel for Foo')});
  t.like(device.answers(), [
    {
      ok: false,
      error: {
        code: 'COMPILE_FAILED',
        message: 'no kernel for Foo',
        place: {device: 'host-a/CPU', stage: 'stage0 A'},
      },
    },
  ]);
  t.is(device.spawned.size, 0);
  device.load();
  t.is(device.running.length, 1);
});

test('one more stage than it may hold is refused with QUEUE_FULL', t => {
  const device = new DeviceBench(1);
  device.load();
  device.load(orderOf(chain(), 1));
  t.like(device.answers(), [
    {id: 1, ok: false, error: {code: 'QUEUE_FULL', place: {retryAfterMs: 1000}}},
  ]);
  t.is(device.running.length, 1);
});

test('a stage that is there already, or on its way, is BUSY', t => {
  const device = new DeviceBench();
  device.load();
  device.load();
  t.like(device.answers(), [{id: 1, error: {code: 'BUSY'}}]);
  device.settle(loaded);
  device.load();
  t.like(device.answers(), [
    {id: 0, ok: true},
    {id: 2, error: {code: 'BUSY'}},
  ]);
});

test('a stage is unloaded: its actor stopped, then its kernels ended, then answered', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.answers();
  device.unload();
  t.deepEqual(device.stopped, [address]);
  t.deepEqual(device.tasks, [{kind: 'release', address}]);
  t.deepEqual(device.answers(), []);
  device.settle(released);
  t.deepEqual(device.answers(), [{kind: 'reply', id: 1, ok: true, value: null}]);
  device.unload();
  t.like(device.answers(), [{id: 2, ok: true, value: null}], 'again: nothing');
});

test('an unload that fails is told', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.answers();
  device.unload();
  device.settle({ok: false, error: new Error('stuck')});
  t.like(device.answers(), [{id: 1, ok: false, error: {message: 'stuck'}}]);
});

test('a stage given up while it is compiled is never started, and its kernels are ended', t => {
  const device = new DeviceBench();
  device.load();
  device.unload();
  t.like(device.answers(), [{id: 1, ok: true, value: null}]);
  device.settle(loaded);
  t.like(device.answers(), [{id: 0, ok: false, error: {code: 'RELEASED'}}]);
  t.is(device.spawned.size, 0);
  t.deepEqual(device.tasks, [{kind: 'release', address}]);
  device.settle(released);
  t.deepEqual(device.answers(), [], 'every ask has been answered once');
});

test('a stage given up twice while it is compiled is never started either', t => {
  const device = new DeviceBench();
  device.load();
  device.unload();
  device.unload();
  t.is(device.running.length, 1, 'there is nothing to release yet');
  device.answers();
  device.settle(loaded);
  t.is(device.spawned.size, 0);
  t.deepEqual(device.tasks, [{kind: 'release', address}]);
});

test('a stage given up while it fails to compile needs no release', t => {
  const device = new DeviceBench();
  device.load();
  device.unload();
  device.answers();
  device.settle({ok: false, error: new InferenceError('COMPILE_FAILED', 'no')});
  t.like(device.answers(), [{id: 0, error: {code: 'COMPILE_FAILED'}}]);
  t.deepEqual(device.tasks, []);
});

test('what is no message to a device is refused at the door', t => {
  const device = new DeviceBench();
  for (const message of [null, {kind: 'load'}, {kind: 'unload', address: 1}, {kind: 'infer'}]) {
    t.like(
      t.throws(() => device.receive(message)),
      {code: 'INVALID_FRAME'},
    );
  }
});

const exported = {
  network,
  compiled: {
    content: {digest: 'c'.repeat(64), bytes: 3},
    weights: null,
    requirements: {plugin: 'CPU'},
  },
  config: {},
};

test('a stage is exported with what its device is', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.ask({kind: 'export', address: order.address});
  t.deepEqual(device.tasks.at(-1), {kind: 'export', address: order.address});
  device.settle({ok: true, value: exported});
  const value = {kind: 'CPU', plugin: 'CPU', pluginVersion: '1.0.0', ...exported};
  t.like(device.answers().at(-1), {ok: true, value});
});

test('a stage that is not loaded, or not yet, is not exported', t => {
  const device = new DeviceBench();
  device.ask({kind: 'export', address: order.address});
  device.load();
  device.ask({kind: 'export', address: order.address});
  t.like(device.answers(), [
    {ok: false, error: {code: 'RELEASED'}},
    {ok: false, error: {code: 'RELEASED'}},
  ]);
});

test('what a device can import is up to its plugin', t => {
  const device = new DeviceBench();
  const {requirements} = exported.compiled;
  device.ask({kind: 'canImport', requirements});
  t.deepEqual(device.tasks, [{kind: 'canImport', requirements}]);
  device.settle({ok: true, value: {supported: false, reason: 'another version'}});
  t.like(device.answers(), [{ok: true, value: {supported: false, reason: 'another version'}}]);
});

test('what was exported is loaded with the order', t => {
  const device = new DeviceBench();
  device.ask({kind: 'load', stage: {...order, network: null, compiled: exported.compiled}});
  t.like(device.tasks, [{kind: 'load', network: null, compiled: exported.compiled}]);
});

/** What stages answer when they are asked for their statistics. */
const idle = {executed: 5, failed: 0, cancelled: 0, expired: 0, refused: 0, load: 0};
const times = {queueUs: 0, executeUs: 0, runUs: 0};

function answerLook(device: DeviceBench, value: object): void {
  const asks = device.sent().flatMap(({message}) => {
    const {kind, ask} = message as {kind: string; ask?: {id: number}};
    return kind === 'stats' && ask !== undefined ? [ask.id] : [];
  });
  for (const id of asks) device.receive({kind: 'reply', id, ok: true, value: {...value, ...times}});
}

test('a device that is to leave without work says goodbye, and has left', t => {
  const device = new DeviceBench();
  device.tell({kind: 'leave'});
  t.like(device.sent(), [{message: {kind: 'goodbye', address: description.address}}]);
  t.deepEqual(device.events, [{kind: 'left'}]);
  t.deepEqual(device.timers, []);
});

test('a device that is to leave serves on while its stages have work, or end some', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.sent();
  device.tell({kind: 'leave'});
  for (let look = 0; look < 10; look++) {
    answerLook(device, {...idle, executed: 5 + look});
    device.advance(200);
  }
  t.deepEqual(device.events, []);
  for (let look = 0; look < 6; look++) {
    answerLook(device, {...idle, executed: 14});
    device.advance(200);
  }
  t.deepEqual(device.events, [{kind: 'left'}]);
});

test('a device that is to leave does not wait for ever, and takes no more stages', t => {
  const device = new DeviceBench();
  device.load();
  device.settle(loaded);
  device.sent();
  device.tell({kind: 'leave'});
  for (let look = 0; look < 80; look++) {
    answerLook(device, {...idle, load: 1});
    device.advance(200);
  }
  t.deepEqual(device.events, [{kind: 'left'}]);
  device.sent();
  device.load(orderOf(chain(), 1));
  t.like(device.answers(), [{ok: false, error: {code: 'DEVICE_LOST'}}]);
});
