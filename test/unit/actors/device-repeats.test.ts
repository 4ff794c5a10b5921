import test from 'ava';
import {Device} from '../../../actors/device.js';
import type {Reply} from '../../../schemas/messages/ask.js';
import {BareActor} from '../../support/bare-actor.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {orderOf, singleStage} from '../../support/stage-graphs.js';

const stage = orderOf(singleStage(), 0);
const {address, network} = stage;
const loaded = {ok: true, value: {slots: 3, queuedMax: 5, origin: 'compiled'}} as const;

function startDevice(): BareActor<unknown, unknown> {
  const times = {heartbeatMs: 1000, leaseMs: 4000, idleMs: 1000, leaveMsMax: 15_000};
  const description = deviceOn('host-a', 'CPU');
  const device = new BareActor(new Device({description, plugin: 'plugin', stagesMax: 2, ...times}));
  device.sent();
  return device;
}

const ask = (id: number) => ({from: 'coordinator.1', id});

/** The answers that were sent since they were asked for last. */
function answers(device: BareActor<unknown, unknown>): readonly Reply[] {
  return device.sent().map(({message}) => message as Reply);
}

test('a load that is repeated is done once, and answered as often as it must be', t => {
  const device = startDevice();
  for (let count = 0; count < 2; count++) device.receive({kind: 'load', ask: ask(0), stage});
  t.is(device.running.length, 1);
  device.settle(loaded);
  t.like(answers(device), [{id: 0, ok: true, value: {slots: 3}}]);
  device.receive({kind: 'load', ask: ask(0), stage});
  t.like(answers(device), [{id: 0, ok: true, value: {slots: 3}}]);
  t.is(device.spawned.size, 1);
});

test('a load that comes after its unload loads nothing', t => {
  const device = startDevice();
  device.receive({kind: 'unload', ask: ask(0), address});
  device.receive({kind: 'load', ask: ask(1), stage});
  t.like(answers(device), [{ok: true}, {ok: false, error: {code: 'RELEASED'}}]);
  t.is(device.running.length, 0);
});

test('a query that is repeated while its plugin works on it is answered once', t => {
  const device = startDevice();
  const query = {kind: 'query', ask: ask(0), network, config: {}};
  device.receive(query);
  device.receive(query);
  t.is(device.running.length, 1);
  device.settle({ok: true, value: []});
  t.is(answers(device).length, 1);
  device.receive(query);
  t.is(device.running.length, 1, 'its answer may have been lost');
});
