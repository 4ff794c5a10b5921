import test from 'ava';
import {Device} from '../../../actors/device.js';
import {BareActor} from '../../support/bare-actor.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {orderOf, singleStage} from '../../support/stage-graphs.js';

const description = deviceOn('host-a', 'CPU');
const order = orderOf(singleStage(), 0);

function bareDevice() {
  const times = {heartbeatMs: 1000, leaseMs: 4000, idleMs: 1000, leaveMsMax: 15_000};
  const device = new BareActor(new Device({description, plugin: 'plugin', stagesMax: 2, ...times}));
  device.sent();
  let asked = 0;
  const ask = (message: object) =>
    device.receive({...message, ask: {from: 'coordinator.1', id: asked++}});
  return {device, ask};
}

test('one more ask than its plugin may work on is refused with QUEUE_FULL', t => {
  const {device, ask} = bareDevice();
  const query = {kind: 'query', network: order.network, config: {}};
  for (let asked = 0; asked < 1024; asked++) ask(query);
  t.deepEqual(device.sent(), []);
  ask(query);
  t.like(device.sent(), [{message: {id: 1024, error: {code: 'QUEUE_FULL'}}}]);
  device.settle({ok: true, value: []});
  t.like(device.sent(), [{message: {id: 0, ok: true}}]);
  ask(query);
  t.deepEqual(device.sent(), []);
  t.is(device.running.length, 1024);
});

test('a stage at an address that is none of a stage is refused at the door', t => {
  const {device, ask} = bareDevice();
  const long = `stage.${'x'.repeat(300)}`;
  for (const address of ['stage.a b', 'stage.', 'all.registry', description.address, long]) {
    t.throws(() => ask({kind: 'load', stage: {...order, address}}), {code: 'INVALID_FRAME'});
  }
  t.deepEqual(device.running, []);
});
