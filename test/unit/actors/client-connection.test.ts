import test from 'ava';
import {InferenceError} from '../../../src/errors.js';
import type {Question} from '../../../src/kernel/asks.js';
import type {TransportStatus} from '../../../src/ports/transport.js';
import {kindOf, SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';

const anyQuestion: Question = {
  to: 'coordinator',
  timeoutMs: 600_000,
  message: () => ({}),
  absent: () => new InferenceError('NO_COORDINATOR', 'none'),
};

function become(session: SessionBench, ...statuses: readonly TransportStatus[]): void {
  for (const status of statuses) session.order({kind: 'connection', status});
}

test('all that was on its way is tried again after an interruption', t => {
  const session = new SessionBench();
  const requests = [session.submit(singleStage()), session.submit(singleStage())];
  session.sent();
  become(session, 'disconnected');
  t.deepEqual(session.sent(), []);
  session.advance(1000);
  become(session, 'connected');
  session.advance(20);
  t.deepEqual(
    session
      .infers()
      .map(({message}) => [message.request, message.attempt])
      .sort(),
    [
      [0, 2],
      [1, 2],
    ],
  );
  for (const request of requests) session.output({request, attempt: 2}, 0, {y: vector(1)});
  t.true(session.ends.every(end => end.kind === 'done'));
  t.deepEqual(session.timers, []);
});

test('an answer that still comes during an interruption counts', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  become(session, 'disconnected');
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  t.like(session.endOf(request), {kind: 'done'});
  session.sent();
  become(session, 'connected');
  t.deepEqual(session.sent(), []);
});

test('a connection that stays away ends requests and questions with CONNECTION_LOST', t => {
  const session = new SessionBench({graceMs: 3000});
  const request = session.submit(singleStage());
  session.order({kind: 'ask', ask: 0, question: anyQuestion});
  become(session, 'disconnected');
  session.advance(2999);
  t.deepEqual(session.ends, []);
  session.advance(1);
  t.like(session.endOf(request), {
    error: {code: 'CONNECTION_LOST', message: 'no connection to the server for 3000 ms'},
  });
  t.like(session.ends[1], {kind: 'answered', outcome: {error: {code: 'CONNECTION_LOST'}}});
  t.deepEqual(session.timers, [], 'nothing keeps the process alive');
});

test('while it stays away, requests and questions end at once; when it is back, they run', t => {
  const session = new SessionBench({graceMs: 3000});
  become(session, 'disconnected');
  session.advance(3000);
  const request = session.submit(singleStage());
  session.order({kind: 'ask', ask: 7, question: anyQuestion});
  t.like(session.endOf(request), {error: {code: 'CONNECTION_LOST'}});
  t.like(session.ends[1], {kind: 'answered', ask: 7, outcome: {error: {code: 'CONNECTION_LOST'}}});
  t.deepEqual(session.sent(), []);
  become(session, 'connected');
  session.submit(singleStage());
  session.order({kind: 'ask', ask: 8, question: anyQuestion});
  t.is(session.sent().length, 2);
});

test('a question whose answer may be lost in an interruption ends with CONNECTION_LOST', t => {
  const session = new SessionBench();
  session.order({kind: 'ask', ask: 0, question: anyQuestion});
  become(session, 'disconnected');
  t.deepEqual(session.ends, []);
  become(session, 'connected');
  const error = {code: 'CONNECTION_LOST', message: 'the connection was interrupted'};
  t.like(session.ends, [{kind: 'answered', ask: 0, outcome: {ok: false, error}}]);
  t.deepEqual(session.timers, []);
});

test('a request that comes while the connection is away is sent when it is back', t => {
  const session = new SessionBench();
  become(session, 'disconnected');
  const request = session.submit(singleStage());
  const token = session.infers()[0]?.token ?? '';
  session.lost(token);
  become(session, 'connected');
  session.advance(20);
  t.like(session.infers(), [{message: {request, attempt: 2}}]);
});

test('what is lost while the connection is away is no fault of a device', t => {
  const session = new SessionBench();
  become(session, 'disconnected');
  const request = session.submit(singleStage(), {timeoutMs: 100});
  session.lost(session.infers()[0]?.token ?? '');
  session.advance(100);
  const end = session.endOf(request);
  const error = end?.kind === 'failed' ? end.error : undefined;
  t.regex(error?.message ?? '', /last failure: CONNECTION_LOST/);
  t.is(error?.device, undefined);
});

test('a closed connection ends everything at once, and refuses what comes after', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  become(session, 'closed');
  const message = 'the connection to the server was closed';
  t.like(session.endOf(request), {error: {code: 'CONNECTION_LOST', message}});
  const late = session.submit(singleStage());
  t.like(session.endOf(late), {error: {code: 'CONNECTION_LOST'}});
  t.deepEqual(session.sent().map(kindOf), ['infer', 'cancel']);
});

test('a connection that was there all the time changes nothing', t => {
  const session = new SessionBench();
  session.submit(singleStage());
  session.sent();
  become(session, 'connected');
  session.advance(900);
  t.deepEqual(session.sent(), []);
});
