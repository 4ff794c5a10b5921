import test from 'ava';
import {coordinatorAddress, keepAddress} from '../../../schemas/addresses.js';
import {InferenceError} from '../../../src/errors.js';
import {kindOf, SessionBench} from '../../support/session-bench.js';
import {vector} from '../../support/stage-bench.js';
import {
  chain,
  diamondWithSkip,
  echo,
  echoAlone,
  overridable,
  singleStage,
  sourceless,
  twoOutputs,
} from '../../support/stage-graphs.js';

test('a request goes to the stage and ends with its output', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage(), {timeoutMs: 500});
  const [sent, ...more] = session.infers();
  t.deepEqual(more, []);
  t.like(sent, {
    to: 'stage.D1.0.0.0',
    message: {
      client: 'client.me',
      request,
      attempt: 1,
      source: -1,
      route: [0],
      remainingMs: 500,
      timings: [],
    },
  });
  t.deepEqual([...(sent?.tensors ?? [])], [['x', vector(1)]]);
  t.falsy(sent?.owned, "the tensors are still the user's");
  session.output({request, attempt: 1}, 0, {y: vector(2)});
  const [variant] = singleStage().variants;
  if (variant === undefined) throw new Error('a deployment has a variant');
  t.deepEqual(session.ends, [
    {
      kind: 'done',
      request,
      outputs: new Map([['y', vector(2)]]),
      timings: [{stage: 0, queueUs: 1, executeUs: 2, runUs: 3}],
      attempts: 1,
      through: {deployment: 'D1', variant, route: [0]},
    },
  ]);
  t.deepEqual(session.timers, [], 'no timer is left');
  t.deepEqual(session.sent(), [], 'nothing is cancelled that has ended');
});

test('inputs go straight to the stages that need them, outputs come from those that make them', t => {
  const session = new SessionBench();
  const request = session.submit(diamondWithSkip());
  t.deepEqual(
    session.infers().map(({to, message}) => [to, message.route]),
    [['stage.D1.0.0.0', [0, 0, 0, 0]]],
  );
  session.output({request, attempt: 1}, 0, {h: vector(7)});
  t.deepEqual(session.ends, [], 'stage 0 owes the client nothing');
  session.output({request, attempt: 1}, 3, {y: vector(2)});
  t.like(session.endOf(request), {kind: 'done'});
});

test('a request is done when every stage that owes it something has sent', t => {
  const session = new SessionBench();
  const request = session.submit(twoOutputs());
  session.output({request, attempt: 1}, 1, {z: vector(2)});
  t.deepEqual(session.ends, []);
  session.output({request, attempt: 1}, 0, {y: vector(1)});
  const end = session.endOf(request);
  t.deepEqual(end?.kind === 'done' ? [...end.outputs.keys()] : [], ['y', 'z'], 'in their order');
  t.like(end, {timings: [{stage: 0}, {stage: 1}]});
});

test('an output that is an input is the tensor of the request itself', t => {
  const session = new SessionBench();
  const x = vector(5);
  const request = session.submit(echo(), {inputs: {x}});
  session.output({request, attempt: 1}, 0, {y: vector(2)});
  const end = session.endOf(request);
  t.deepEqual(end?.kind === 'done' ? [...end.outputs.keys()] : [], ['y', 'x']);
  t.is(end?.kind === 'done' ? end.outputs.get('x') : undefined, x);
});

test('a request that no stage is needed for ends at once', t => {
  const session = new SessionBench({inFlightMax: 1});
  for (const request of [session.submit(echoAlone()), session.submit(echoAlone())]) {
    t.like(session.endOf(request), {kind: 'done', attempts: 1});
  }
  t.deepEqual(session.sent(), []);
  t.deepEqual(session.timers, []);
});

test('a stage that reads nothing is started by an empty frame', t => {
  const session = new SessionBench();
  session.submit(sourceless(), {inputs: {}});
  t.deepEqual(
    session.infers().map(({tensors}) => tensors?.size),
    [0],
  );
});

test('an initializer that a request overrides is sent, and is not where it does not', t => {
  const session = new SessionBench();
  session.submit(overridable());
  session.submit(overridable(), {inputs: {x: vector(1), w: vector(2)}});
  t.deepEqual(
    session.infers().map(({tensors}) => [...(tensors?.keys() ?? [])]),
    [['x'], ['x', 'w']],
  );
});

test('an output that comes twice counts once', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  session.output({request, attempt: 1}, 0, {y: vector(2)});
  session.output({request, attempt: 1}, 0, {y: vector(3)});
  t.is(session.ends.length, 1);
});

test('no more are on their way than the window lets, the others follow in order', t => {
  const session = new SessionBench({inFlightMax: 2, queuedMax: 8});
  const requests = [1, 2, 3, 4].map(() => session.submit(singleStage()));
  t.deepEqual(
    session.infers().map(({message}) => message.request),
    requests.slice(0, 2),
  );
  session.output({request: 1, attempt: 1}, 0, {y: vector(1)});
  session.cancel(0);
  t.deepEqual(
    session.infers().map(({message}) => message.request),
    requests.slice(2),
  );
});

test('each deployment has a window of its own', t => {
  const session = new SessionBench({inFlightMax: 1});
  session.submit(singleStage());
  session.submit({...singleStage(), id: 'D2'});
  t.is(session.infers().length, 2);
});

test('one more than may wait is refused at once with QUEUE_FULL', t => {
  const session = new SessionBench({inFlightMax: 1, queuedMax: 1});
  session.submit(singleStage());
  session.submit(singleStage());
  const request = session.submit(singleStage());
  const error = {code: 'QUEUE_FULL', place: {retryAfterMs: 1}};
  t.like(session.endOf(request), {kind: 'failed', error});
  session.cancel(1);
  session.submit(singleStage());
  t.is(session.ends.length, 2, 'a place that was given back is free');
});

test('a flooded network does not take the places of another, whose requests are served in time', t => {
  const session = new SessionBench({inFlightMax: 1, queuedMax: 4});
  const flood = Array.from({length: 8}, () => session.submit(singleStage()));
  const other = {...singleStage(), id: 'D2'};
  const served = [1, 2, 3].map(() => session.submit(other));
  t.deepEqual(
    session.ends.map(end => end.kind === 'failed' && [end.request, end.error.code]),
    [5, 6, 7, 4, 3].map(request => [request, 'QUEUE_FULL']),
    'the last of the flood made room',
  );
  for (const request of [...served, ...flood.slice(0, 3)]) {
    session.output({request, attempt: 1}, 0, {y: vector(1)});
    t.like(session.endOf(request), {kind: 'done'});
  }
  t.deepEqual(session.timers, []);
});

test('a request of higher priority is sent before those that wait, and says so', t => {
  const session = new SessionBench({inFlightMax: 1});
  const [first, low, high] = (['LOW', 'LOW', 'HIGH'] as const).map(priority =>
    session.submit(singleStage(), {priority}),
  );
  session.output({request: first ?? -1, attempt: 1}, 0, {y: vector(1)});
  session.cancel(high ?? -1);
  t.deepEqual(
    session.infers().map(({message: {request, priority}}) => [request, priority]),
    [
      [first, 'LOW'],
      [high, 'HIGH'],
      [low, 'LOW'],
    ],
  );
});

test('a request that waits for its turn ends at its deadline all the same', t => {
  const session = new SessionBench({inFlightMax: 1});
  session.submit(singleStage());
  const request = session.submit(singleStage(), {timeoutMs: 100});
  session.sent();
  session.advance(100);
  t.like(session.endOf(request), {kind: 'failed', error: {code: 'DEADLINE_EXCEEDED'}});
  t.deepEqual(session.sent(), [], 'no stage knows of it');
});

test('a request ends at its deadline, and every stage of its route is told', t => {
  const session = new SessionBench();
  const request = session.submit(chain(), {timeoutMs: 100});
  session.sent();
  session.advance(99);
  t.deepEqual(session.ends, []);
  session.advance(1);
  const end = session.endOf(request);
  t.like(end, {
    kind: 'failed',
    error: {code: 'DEADLINE_EXCEEDED', message: 'no result within 100 ms'},
  });
  t.like(session.sent(), [
    {to: 'stage.D1.0.0.0', message: {kind: 'cancel', request, attempt: 1}},
    {to: 'stage.D1.0.1.0', message: {kind: 'cancel', request, attempt: 1}},
  ]);
});

test('a cancelled request ends at once, and every stage of its route is told', t => {
  const session = new SessionBench();
  const request = session.submit(chain());
  session.sent();
  session.cancel(request);
  t.like(session.endOf(request), {kind: 'failed', error: {code: 'CANCELLED'}});
  t.deepEqual(session.sent().map(kindOf), ['cancel', 'cancel']);
  session.cancel(request);
  session.output({request, attempt: 1}, 1, {y: vector(1)});
  t.is(session.ends.length, 1);
  t.deepEqual(session.timers, []);
});

test('a failure that will not pass ends the request with it and cancels its other stages', t => {
  const session = new SessionBench();
  const request = session.submit(chain());
  session.sent();
  session.fail({request, attempt: 1}, 1, 'STAGE_FAILED', {stage: 'stage1 B', device: 'host-a/B'});
  t.like(session.endOf(request), {
    kind: 'failed',
    error: {code: 'STAGE_FAILED', stage: 'stage1 B', device: 'host-a/B'},
  });
  t.deepEqual(session.sent().map(kindOf), ['cancel', 'cancel']);
});

test('a frame that cannot be sent ends the request with the reason', t => {
  const session = new SessionBench();
  const request = session.submit(singleStage());
  const token = session.infers()[0]?.token ?? '';
  session.unsent(token, new InferenceError('PAYLOAD_TOO_LARGE', 'too large'));
  t.like(session.endOf(request), {error: {code: 'PAYLOAD_TOO_LARGE', stage: 'stage0 A'}});
});

test('released: all requests of the deployment end, and none of those that wait is sent first', t => {
  const session = new SessionBench({inFlightMax: 1});
  const deployment = singleStage();
  const other = {...singleStage(), id: 'D2'};
  session.submit(deployment);
  session.submit(deployment);
  session.submit(other);
  session.sent();
  session.order({kind: 'released', deployment});
  t.deepEqual(session.sent().map(kindOf), ['cancel']);
  t.is(session.ends.length, 2);
  t.true(session.ends.every(end => end.kind === 'failed' && end.error.code === 'RELEASED'));
});

test('a session that is stopped ends everything with RELEASED', t => {
  const session = new SessionBench({inFlightMax: 1});
  session.submit(singleStage());
  session.submit(singleStage());
  session.order({kind: 'ask', ask: 0, question: questionTo('coordinator')});
  session.sent();
  session.stop();
  t.deepEqual(
    session.ends.map(end => (end.kind === 'failed' ? end.error.code : end.kind)),
    ['RELEASED', 'RELEASED', 'answered'],
  );
  t.deepEqual(session.sent().map(kindOf), ['cancel']);
});

test('frames for nobody, or for what has ended, change nothing', t => {
  const session = new SessionBench();
  session.output({request: 9, attempt: 1}, 0, {y: vector(1)});
  session.fail({request: 9, attempt: 1}, 0, 'STAGE_FAILED');
  session.lost('9-1-0');
  session.lost('nonsense');
  session.cancel(9);
  session.receive({kind: 'reply', id: 9, ok: true, value: 1});
  t.deepEqual(session.ends, []);
  t.deepEqual(session.sent(), []);
});

test('what is no message to a client is refused at the door', t => {
  const session = new SessionBench();
  for (const message of [null, {}, {kind: 'output', request: -1}, {kind: 'failed', error: 'no'}]) {
    t.like(
      t.throws(() => session.receive(message)),
      {code: 'INVALID_FRAME'},
    );
  }
});

function questionTo(to: string) {
  return {
    to,
    timeoutMs: 1000,
    message: (ask: unknown) => ({kind: 'devices', ask}),
    absent: () => new InferenceError('NO_COORDINATOR', 'nobody leads'),
  };
}

test('a question is asked and its answer told', t => {
  const session = new SessionBench();
  session.order({kind: 'ask', ask: 3, question: questionTo(coordinatorAddress)});
  t.like(session.sent(), [{to: coordinatorAddress, message: {ask: {from: 'client.me', id: 0}}}]);
  session.receive({kind: 'reply', id: 0, ok: true, value: [1]});
  t.deepEqual(session.ends, [{kind: 'answered', ask: 3, outcome: {ok: true, value: [1]}}]);
  t.deepEqual(session.timers, []);
});

test('a question ends when nobody is there, when it cannot be sent, and when time is over', t => {
  const session = new SessionBench();
  for (const ask of [0, 1, 2]) {
    session.order({kind: 'ask', ask, question: questionTo(coordinatorAddress)});
  }
  const [first, second] = session.sent();
  session.lost(first?.token ?? '');
  session.unsent(second?.token ?? '', new InferenceError('CONNECTION_LOST', 'closed'));
  session.advance(1000);
  t.deepEqual(
    session.ends.map(end =>
      end.kind === 'answered' && !end.outcome.ok
        ? [end.ask, InferenceError.from(end.outcome.error).code]
        : end,
    ),
    [
      [0, 'NO_COORDINATOR'],
      [1, 'CONNECTION_LOST'],
      [2, 'DEADLINE_EXCEEDED'],
    ],
  );
});

test('every coordinator is told which deployments are wanted, at once and again and again', t => {
  const session = new SessionBench({keepMs: 1000});
  const [first, second] = [singleStage(), {...chain(), id: 'D2'}];
  const keep = (...deployments: readonly string[]) => ({
    to: keepAddress,
    message: {
      kind: 'keep',
      client: 'client.me',
      deployments: deployments.map(id => ({id, epoch: 0})),
    },
  });
  session.order({kind: 'loaded', deployment: first});
  t.like(session.sent(), [keep('D1')]);
  session.order({kind: 'loaded', deployment: second});
  t.like(session.sent(), [keep('D1', 'D2')]);
  session.advance(2000);
  t.like(session.sent(), [keep('D1', 'D2'), keep('D1', 'D2')]);
  session.order({kind: 'released', deployment: first});
  session.advance(1000);
  t.like(session.sent(), [keep('D2')]);
  session.order({kind: 'released', deployment: second});
  session.advance(5000);
  t.deepEqual(session.sent(), []);
  t.deepEqual(session.timers, []);
});
