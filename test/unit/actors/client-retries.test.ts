import test from 'ava';
import type {Deployment} from '../../../schemas/deployment.js';
import {type ErrorCode, queueFull} from '../../../src/errors.js';
import {kindOf, type SentInfer, SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {
  chain,
  replicatedChain,
  singleStage,
  together,
  twoReplicas,
} from '../../support/stage-graphs.js';

function attemptOf(session: SessionBench): SentInfer {
  const [sent] = session.infers();
  if (sent === undefined) throw new RangeError('no attempt was sent');
  return sent;
}

/** Submits, and loses that attempt to a replica that is gone. */
function submitLost(session: SessionBench, deployment: Deployment, timeoutMs = 60_000): SentInfer {
  session.submit(deployment, {timeoutMs});
  const sent = attemptOf(session);
  session.lost(sent.token ?? '');
  return sent;
}

const passing: readonly ErrorCode[] = ['QUEUE_FULL', 'DEVICE_LOST', 'CONNECTION_LOST'];
for (const code of passing) {
  test(`a ${code} of a stage is tried again, as another attempt`, t => {
    const session = new SessionBench();
    const request = session.submit(singleStage());
    session.sent();
    session.fail({request, attempt: 1}, 0, code);
    t.deepEqual(session.sent().map(kindOf), ['cancel'], 'the first attempt is called off');
    t.deepEqual(session.ends, []);
    session.advance(1500);
    t.like(attemptOf(session).message, {request, attempt: 2});
    session.output({request, attempt: 2}, 0, {y: vector(1)});
    t.like(session.endOf(request), {kind: 'done', attempts: 2});
    t.deepEqual(session.timers, []);
  });
}

test('the trace of a request travels with every attempt, and with no other request', t => {
  const trace = {traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'};
  const session = new SessionBench();
  const request = session.submit(singleStage(), {trace});
  t.like(attemptOf(session).message, {attempt: 1, trace});
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  session.advance(1500);
  t.like(attemptOf(session).message, {attempt: 2, trace});
  session.submit(singleStage());
  t.false(Object.hasOwn(attemptOf(session).message, 'trace'));
});

test('a frame for which there is no room now is sent again later, and nobody else is disturbed', t => {
  const session = new SessionBench();
  const first = session.submit(singleStage());
  const second = session.submit(singleStage());
  const [, sent] = session.infers();
  session.unsent(sent?.token ?? '', queueFull('much is on its way', 100));
  t.deepEqual(session.sent().map(kindOf), ['cancel'], 'of the second only');
  session.output({request: first, attempt: 1}, 0, {y: vector(1)});
  t.like(session.endOf(first), {kind: 'done', attempts: 1});
  session.advance(1500);
  session.output({request: second, attempt: 2}, 0, {y: vector(1)});
  t.like(session.endOf(second), {kind: 'done', attempts: 2});
});

test('the second attempt has what is left of the time', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage(), {timeoutMs: 1000});
  session.sent();
  session.advance(600);
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  session.advance(100);
  const {remainingMs} = attemptOf(session).message;
  t.true(remainingMs < 400 && remainingMs >= 300, `${remainingMs}`);
});

test('waits grow with every failure, up to a bound', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 12; attempt++) {
    const failedAt = session.time.now();
    session.fail({request, attempt}, 0, 'QUEUE_FULL');
    session.sent();
    while (session.infers().length === 0) session.advance(1);
    waits.push(session.time.now() - failedAt);
  }
  t.true((waits[0] ?? 0) <= 16);
  t.true((waits[5] ?? 0) >= 160);
  t.true(
    waits.every(wait => wait <= 751),
    `${waits}`,
  );
});

test('the wait that a full stage advises is kept, up to a bound', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.sent();
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL', {device: 'host-a/A', retryAfterMs: 200});
  session.advance(99);
  t.deepEqual(session.infers(), []);
  session.advance(201);
  t.is(session.infers().length, 1);
  session.fail({request, attempt: 2}, 0, 'QUEUE_FULL', {device: 'host-a/A', retryAfterMs: 1e9});
  session.advance(750);
  t.is(session.infers().length, 1);
});

test('two clients that fail together do not come back together', t => {
  const session = new SessionBench();
  const returns = [0, 1].map(() => {
    const request = session.submit(singleStage());
    session.fail({request, attempt: 1}, 0, 'QUEUE_FULL', {device: 'A', retryAfterMs: 500});
    return request;
  });
  session.sent();
  const times = new Map<number, number>();
  while (times.size < returns.length) {
    session.advance(1);
    for (const {message} of session.infers()) times.set(message.request, session.time.now());
  }
  t.not(times.get(0), times.get(1));
});

test('what comes late for an attempt that is over is dropped', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  t.deepEqual(session.ends, [], 'between two attempts');
  session.sent();
  session.advance(1000);
  t.like(attemptOf(session).message, {attempt: 2});
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  session.fail({request, attempt: 1}, 0, 'STAGE_FAILED');
  session.lost(`${request}-1-0`);
  t.deepEqual(session.ends, [], 'during the second attempt');
  session.output({request, attempt: 2}, 0, {y: vector(2)});
  const end = session.endOf(request);
  t.deepEqual(end?.kind === 'done' ? end.outputs.get('y') : undefined, vector(2));
});

test('a request that ends while it waits for another attempt leaves nothing', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  session.sent();
  session.cancel(request);
  t.deepEqual(session.timers, []);
  t.deepEqual(session.sent(), [], 'no stage works for it');
});

test('an attempt fails once, however many of its frames are lost', t => {
  const session = new SessionBench();
  const request = session.submit(chain());
  session.sent();
  session.fail({request, attempt: 1}, 1, 'DEVICE_LOST');
  session.sent();
  session.lost(`${request}-1-0`);
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  t.deepEqual(session.sent(), []);
});

test('the deadline says what failed last, and where', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage(), {timeoutMs: 100});
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL', {stage: 'stage0 A', device: 'host-a/A'});
  session.advance(100);
  t.like(session.endOf(request), {
    kind: 'failed',
    error: {
      code: 'DEADLINE_EXCEEDED',
      message: 'no result within 100 ms; last failure: QUEUE_FULL: it was QUEUE_FULL',
      stage: 'stage0 A',
      device: 'host-a/A',
    },
  });
});

test('a request that waits for another attempt keeps its place in the window', t => {
  const session = new SessionBench({inFlightMax: 1});
  const request = session.submit(singleStage());
  session.submit(singleStage());
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  session.sent();
  session.advance(1000);
  t.deepEqual(
    session.infers().map(({message}) => message.request),
    [request],
  );
});

test('of two replicas the less busy one is chosen', t => {
  const session = new SessionBench();
  const chosen = () => attemptOf(session).to;
  session.submit(twoReplicas());
  t.is(chosen(), 'stage.D1.0.0.0');
  session.submit(twoReplicas());
  t.is(chosen(), 'stage.D1.0.0.1');
  session.output({request: 1, attempt: 1}, 0, {y: vector(1)});
  session.submit(twoReplicas());
  t.is(chosen(), 'stage.D1.0.0.1');
});

test('a lost replica is avoided for a while, and the other used', t => {
  const session = new SessionBench();
  t.is(submitLost(session, twoReplicas()).to, 'stage.D1.0.0.0');
  session.advance(20);
  t.is(attemptOf(session).to, 'stage.D1.0.0.1');
  session.submit(twoReplicas());
  t.is(attemptOf(session).to, 'stage.D1.0.0.1', 'busy as it is');
  session.advance(1000);
  session.submit(twoReplicas());
  t.is(attemptOf(session).to, 'stage.D1.0.0.0', 'it may be back');
});

test('a lost replica further down is avoided when the stage before it tells', t => {
  const session = new SessionBench();
  const request = session.submit(replicatedChain());
  t.deepEqual(attemptOf(session).message.route, [0, 0]);
  session.fail({request, attempt: 1}, 1, 'DEVICE_LOST', {});
  session.advance(20);
  t.deepEqual(attemptOf(session).message.route, [0, 1]);
});

test('all that is on its way through a replica that is gone is tried again at once', t => {
  const session = new SessionBench();
  const deployment = twoReplicas();
  const requests = [1, 2, 3, 4].map(() => session.submit(deployment));
  session.sent();
  session.lost('2-1-0');
  session.advance(20);
  const again = session.infers();
  t.deepEqual(again.map(({message}) => message.request).sort(), [requests[0], requests[2]]);
  t.true(again.every(({to}) => to === 'stage.D1.0.0.1'));
});

test('a kernel that died on a device that answers is no reason to call the others off', t => {
  const session = new SessionBench();
  session.submit(singleStage());
  session.submit(singleStage());
  session.sent();
  session.fail({request: 0, attempt: 1}, 0, 'DEVICE_LOST', {device: 'host-a/A'});
  t.like(session.sent(), [{message: {kind: 'cancel', request: 0}}]);
});

test('with no replica left a request ends with DEVICE_LOST after a while, saying which', t => {
  const session = new SessionBench({graceMs: 3000});
  const startedAt = session.time.now();
  const {message} = submitLost(session, singleStage());
  while (session.ends.length === 0) {
    session.advance(10);
    for (const {token} of session.infers()) session.lost(token ?? '');
  }
  const tookMs = session.time.now() - startedAt;
  t.true(tookMs >= 3000 && tookMs < 4000, `${tookMs}`);
  t.like(session.endOf(message.request), {
    error: {code: 'DEVICE_LOST', stage: 'stage0 A', device: 'host-a/A'},
  });
  t.deepEqual(session.timers, []);
});

test('a replica that comes back within the grace serves the request', t => {
  const session = new SessionBench({graceMs: 3000});
  const {message} = submitLost(session, singleStage());
  session.advance(2000);
  t.like(attemptOf(session).message, {request: message.request, attempt: 2});
  session.output({request: message.request, attempt: 2}, 0, {y: vector(1)});
  t.like(session.endOf(message.request), {kind: 'done'});
});

test('the grace begins when a replica is lost, not with an earlier failure of another kind', t => {
  const session = new SessionBench({graceMs: 3000});
  const request = session.submit(singleStage());
  session.fail({request, attempt: 1}, 0, 'QUEUE_FULL');
  session.sent();
  session.advance(1000);
  session.advance(5000);
  const {token} = attemptOf(session);
  session.lost(token ?? '');
  session.advance(900);
  t.deepEqual(session.ends, []);
});

test('a replica that another request found gone is not tried before it may be back', t => {
  const session = new SessionBench();
  submitLost(session, singleStage());
  session.submit(singleStage());
  t.deepEqual(session.infers(), []);
  session.advance(2000);
  t.is(session.infers().length, 2);
});

for (const fallback of [true, false]) {
  const what = fallback ? 'is tried in the other variant' : 'ends the request';
  test(`a kernel that fails ${what} if the fallback is ${fallback}`, t => {
    const session = new SessionBench();
    const request = session.submit(together([singleStage(), singleStage()], {fallback}));
    const first = attemptOf(session);
    session.fail({request, attempt: 1}, 0, 'STAGE_FAILED');
    if (!fallback) {
      t.like(session.endOf(request), {kind: 'failed', error: {code: 'STAGE_FAILED'}});
      return;
    }
    session.advance(1500);
    const second = attemptOf(session);
    t.not(second.to, first.to);
    session.output({request, attempt: 2}, 0, {y: vector(1)});
    t.like(session.endOf(request), {kind: 'done', attempts: 2});
  });
}
