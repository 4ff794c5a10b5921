import test from 'ava';
import {Coordinator} from '../../../actors/coordinator.js';
import {BareActor} from '../../support/bare-actor.js';
import {orderOver} from '../../support/cluster-bench.js';
import {deviceOn} from '../../support/device-descriptions.js';
import {SeededRandom} from '../../support/seeded-random.js';

/* A leader that was suspended hears messages before it is told that its lease is over. */

const leaseMs = 2000;

function leader() {
  const executors = {planner: 'planner', deployments: 'deployments'};
  const settings = {address: 'coordinator.a', ...executors, keepMs: 60_000, ordersMax: 8};
  const actor = new BareActor(new Coordinator({...settings, random: new SeededRandom(1)}));
  actor.tell({kind: 'lead', until: actor.time.now() + leaseMs});
  actor.settle({ok: true, value: []});
  actor.receive({kind: 'members', devices: [deviceOn('host-a', 'CPU')], absent: []});
  let asked = 0;
  const ask = (message: object) =>
    actor.receive({...message, ask: {from: 'client.me', id: asked++}});
  return {actor, ask};
}

const load = {kind: 'load', order: orderOver('CPU')};

test('while its lease holds, a leader works on orders', t => {
  const {actor, ask} = leader();
  actor.advance(leaseMs - 1);
  ask(load);
  t.is(actor.running.length, 1);
  t.deepEqual(actor.sent(), []);
});

test('once its lease is over, a leader ends its orders, and takes no others', t => {
  const {actor, ask} = leader();
  ask(load);
  actor.advance(leaseMs);
  ask(load);
  const refusals = actor.sent().map(({message}) => message);
  t.like(refusals, [
    {id: 0, ok: false, error: {code: 'NO_COORDINATOR'}},
    {id: 1, ok: false, error: {code: 'NO_COORDINATOR'}},
  ]);
  actor.settle({ok: true, value: null});
  t.deepEqual([actor.running, actor.sent()], [[], []], 'what was worked on goes no further');
});

test('a lease that is renewed in time goes on; one that nobody took is led anew', t => {
  const {actor, ask} = leader();
  const renew = () => actor.tell({kind: 'renewed', until: actor.time.now() + leaseMs});
  actor.advance(leaseMs - 1);
  renew();
  actor.advance(leaseMs - 1);
  ask(load);
  t.is(actor.running.length, 1);
  actor.advance(1);
  ask({kind: 'devices'});
  t.is(actor.sent().length, 2);
  const {length: before} = actor.running;
  renew();
  t.is(actor.running.length, before + 1, 'records are read again');
  ask({kind: 'devices'});
  t.like(actor.sent(), [{message: {ok: true}}]);
});
