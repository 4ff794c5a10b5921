import test from 'ava';
import type {SendEffect} from '../../../src/kernel/behaviour.js';
import {kindOf, SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {chain, replicatedChain, singleStage} from '../../support/stage-graphs.js';

/** Questions whether somebody is there, that were asked since anything was asked for. */
function presence(session: SessionBench): readonly SendEffect[] {
  return session.sent().filter(sent => kindOf(sent) === 'stats');
}

function answer(session: SessionBench, {message}: SendEffect): void {
  const {id} = (message as {readonly ask: {readonly id: number}}).ask;
  session.receive({kind: 'reply', id, ok: true, value: {}});
}

test('replicas of an attempt that runs for a second are asked whether they are there', t => {
  const session = new SessionBench();
  session.submit(chain());
  session.submit(chain());
  session.advance(900);
  t.deepEqual(presence(session), []);
  session.advance(200);
  t.deepEqual(
    presence(session).map(({to}) => to),
    ['stage.D1.0.0.0', 'stage.D1.0.1.0'],
    'each once, however many attempts go through it',
  );
});

test('replicas that answer are asked again, and the attempts go on', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  for (let second = 1; second <= 20; second++) {
    session.advance(1000);
    const [question, ...more] = presence(session);
    t.deepEqual(more, []);
    if (question === undefined) return t.fail();
    answer(session, question);
  }
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  t.like(session.endOf(request), {kind: 'done', attempts: 1});
});

test('an attempt is tried again when nobody is at one of its replicas any more', t => {
  const session = new SessionBench();
  const request = session.submit(replicatedChain());
  session.advance(1000);
  const questions = presence(session);
  const second = questions.find(({to}) => to === 'stage.D1.0.1.0');
  session.lost(second?.token ?? '');
  t.deepEqual(session.sent().map(kindOf), ['cancel', 'cancel']);
  session.advance(20);
  t.like(session.infers(), [{message: {request, attempt: 2, route: [0, 1]}}]);
});

test('an attempt is tried again when a replica is silent for too long', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.advance(5900);
  t.is(presence(session).length, 1, 'a silent one is not asked twice at once');
  session.advance(200);
  t.deepEqual(session.sent().map(kindOf), ['cancel']);
  session.advance(2000);
  t.like(session.infers(), [{message: {request, attempt: 2}}]);
});

test('a device that died with a request ends it with DEVICE_LOST, long before its deadline', t => {
  const session = new SessionBench({graceMs: 3000});
  const startedAt = session.time.now();
  const request = session.submit(singleStage(), {timeoutMs: 60_000});
  session.sent();
  while (session.ends.length === 0) {
    session.advance(10);
    for (const {token} of session.sent()) if (token !== undefined) session.lost(token);
  }
  t.like(session.endOf(request), {
    error: {code: 'DEVICE_LOST', stage: 'stage0 A', device: 'host-a/A'},
  });
  t.true(session.time.now() - startedAt < 6000);
});

test('nobody is asked for what has ended, or waits to try again', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  const other = session.submit(singleStage());
  session.fail({request: other, attempt: 1}, 0, 'DEVICE_LOST');
  session.advance(1000);
  t.deepEqual(presence(session), []);
});

test('nobody is asked while the connection is away, and nobody is gone for that', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.advance(1000);
  t.is(presence(session).length, 1);
  session.order({kind: 'connection', status: 'disconnected'});
  session.advance(2000);
  t.deepEqual(presence(session), []);
  session.order({kind: 'connection', status: 'connected'});
  session.advance(20);
  t.like(session.infers(), [{message: {request, attempt: 2}}], 'the replica is not avoided');
});

test('the watch ends with the last request, and begins again with the next', t => {
  const session = new SessionBench();
  session.cancel(session.submit(singleStage()));
  session.sent();
  session.advance(10_000);
  t.is(session.time.pending, 0);
  session.submit(singleStage());
  session.advance(1000);
  t.is(presence(session).length, 1);
});

test('requests of a network that no coordinator knows end once its stages are gone', t => {
  const session = new SessionBench();
  const deployment = singleStage();
  session.order({kind: 'loaded', deployment});
  session.receive({kind: 'forgotten', deployment: deployment.id});
  t.like(session.events, [{kind: 'changed', deployment: {lost: {code: 'RELEASED'}}}]);
  const request = session.submit(deployment);
  session.lost(session.infers()[0]?.token ?? '');
  session.advance(1000);
  t.like(session.endOf(request), {kind: 'failed', error: {code: 'RELEASED'}});
  session.receive({kind: 'forgotten', deployment: 'another'});
  t.is(session.events.length, 2);
});
