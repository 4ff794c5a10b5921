import {once} from 'node:events';
import test, {type ExecutionContext} from 'ava';
import {AsyncInferQueue} from '../../../src/client/async-infer-queue.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {overridable, singleStage} from '../../support/stage-graphs.js';
import {tensorOf} from '../../support/tensor-of.js';

const x = vector(1);

/** A queue of `jobs` requests over a session that the test plays. */
function queueOf(jobs: number, deployment = singleStage()) {
  const client = new ClientBench();
  const network = client.load(deployment);
  return {client, network, queue: new AsyncInferQueue<string>(network, jobs)};
}

/** Runs with nothing but the event loop between: what hangs fails by the test's own time-out. */
async function ends(client: ClientBench): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await client.settle();
}

/** What Node says of rejections that nobody took, during a test. */
function unhandled(t: ExecutionContext): readonly unknown[] {
  const seen: unknown[] = [];
  const listener = (reason: unknown) => void seen.push(reason);
  process.on('unhandledRejection', listener);
  t.teardown(() => process.off('unhandledRejection', listener));
  return seen;
}

test('runs take the first request that is idle, and tell the callback of their end', async t => {
  const {client, queue} = queueOf(2);
  const told: unknown[] = [];
  queue.setCallback((error, request, userData) => {
    told.push([error?.code, request.getOutput('y').data[0], userData]);
  });
  t.is(await queue.startAsync({x}, 'first'), 0);
  t.is(await queue.startAsync({x}, 'second'), 1);
  client.done({y: vector(20)}, 1);
  client.done({y: vector(10)}, 0);
  await queue.waitAll();
  t.deepEqual(told, [
    [undefined, 20, 'second'],
    [undefined, 10, 'first'],
  ]);
  t.is(await queue.startAsync({x}), 0);
});

test('a start waits while all requests run, and those that wait go in order', async t => {
  const {client, queue} = queueOf(1);
  t.true(queue.isReady());
  await queue.startAsync({x: vector(1)});
  t.false(queue.isReady());
  const waiting = [2, 3].map(value => queue.startAsync({x: vector(value)}));
  await ends(client);
  t.is(client.submissions.length, 1);
  client.done({y: x});
  t.is(await waiting[0], 0);
  client.done({y: x});
  t.is(await waiting[1], 0);
  client.done({y: x});
  await queue.waitAll();
  t.deepEqual(
    client.submissions.map(({tensors}) => tensors.get('x')?.data[0]),
    [1, 2, 3],
  );
});

test('of the starts that wait, those of higher priority go first', async t => {
  const {client, queue} = queueOf(1);
  await queue.startAsync({x});
  const waiting = (['LOW', undefined, 'HIGH'] as const).map(priority =>
    queue.startAsync({x}, '', priority && {priority}),
  );
  for (const _ of ['running', ...waiting]) {
    client.done({y: x});
    await ends(client);
  }
  await queue.waitAll();
  t.deepEqual(
    client.submissions.map(({priority}) => priority),
    ['MEDIUM', 'HIGH', 'MEDIUM', 'LOW'],
  );
});

test('inputs are checked before anything waits', async t => {
  const {client, queue} = queueOf(1);
  await queue.startAsync({x});
  await t.throwsAsync(queue.startAsync({z: x}), {code: 'UNKNOWN_INPUT'});
  await t.throwsAsync(queue.startAsync({x: tensorOf('f32', [3])}), {code: 'SHAPE_MISMATCH'});
  await t.throwsAsync(queue.startAsync(null as never), {code: 'INVALID_ARGUMENT'});
  await t.throwsAsync(queue.startAsync({x}, '', {timeoutMs: 0}), {code: 'INVALID_ARGUMENT'});
  const urgent = {priority: 'URGENT' as never};
  await t.throwsAsync(queue.startAsync({x}, '', urgent), {code: 'INVALID_ARGUMENT'});
  client.done({y: x});
  await queue.waitAll();
});

test('inputs are those of one run: a request forgets them when it comes back', async t => {
  const {client, queue} = queueOf(1, overridable());
  await queue.startAsync({x, w: vector(5)});
  client.done({y: x});
  await queue.waitAll();
  await queue.startAsync({x});
  t.deepEqual([...(client.submissions[1]?.tensors.keys() ?? [])], ['x']);
  client.done({y: x});
  await queue.waitAll();
  await t.throwsAsync(queue.startAsync({}), {code: 'MISSING_INPUT'});
  t.true(queue.isReady(), 'the request came back');
});

test('a start that finds no idle request in its time ends with DEADLINE_EXCEEDED', async t => {
  const {client, queue} = queueOf(1);
  await queue.startAsync({x});
  const error = await t.throwsAsync(queue.startAsync({x}, '', {timeoutMs: 5}), {
    code: 'DEADLINE_EXCEEDED',
  });
  t.regex(error?.message ?? '', /none of 1 requests was idle within 5 ms/);
  client.done({y: x});
  await queue.waitAll();
  t.is(client.submissions.length, 1);
});

test('the time that a start waited is taken from its run', async t => {
  const {client, queue} = queueOf(1);
  await queue.startAsync({x});
  const waiting = queue.startAsync({x}, '', {timeoutMs: 10_000});
  await client.settle();
  client.done({y: x});
  await waiting;
  const timeoutMs = client.submissions[1]?.timeoutMs ?? 0;
  t.true(timeoutMs > 0 && timeoutMs < 10_000, `${timeoutMs}`);
  client.done({y: x});
  await queue.waitAll();
});

test('one start more than may wait is refused with QUEUE_FULL', async t => {
  const {client, queue} = queueOf(1);
  await queue.startAsync({x});
  const waiting = Array.from({length: 4096}, () => t.throwsAsync(queue.startAsync({x})));
  await t.throwsAsync(queue.startAsync({x}), {code: 'QUEUE_FULL'});
  const released = queue.release();
  client.fail('CANCELLED');
  await released;
  await Promise.all(waiting);
  t.is(client.submissions.length, 1);
});

test('an abort ends a start that waits, or the run that it started', async t => {
  const {client, queue} = queueOf(1);
  const [early, late, waits] = [1, 2, 3].map(() => new AbortController());
  early?.abort();
  await t.throwsAsync(queue.startAsync({x}, '', signalOf(early)), {code: 'CANCELLED'});
  await queue.startAsync({x}, '', signalOf(late));
  const waiting = queue.startAsync({x}, '', signalOf(waits));
  waits?.abort();
  await t.throwsAsync(waiting, {code: 'CANCELLED'});
  late?.abort();
  t.deepEqual(client.cancelled, [0]);
  client.fail('CANCELLED');
  await t.throwsAsync(queue.waitAll(), {code: 'CANCELLED'});
  t.true(queue.isReady());
});

function signalOf(controller: AbortController | undefined) {
  return {signal: controller?.signal ?? AbortSignal.abort()};
}

test('a run that fails gives its request back, and its error to the callback', async t => {
  const {client, queue} = queueOf(1);
  const codes: unknown[] = [];
  queue.setCallback(error => codes.push(error?.code));
  for (let run = 0; run < 3; run++) {
    await queue.startAsync({x});
    client.fail('STAGE_FAILED');
  }
  await queue.waitAll();
  t.deepEqual(codes, ['STAGE_FAILED', 'STAGE_FAILED', 'STAGE_FAILED']);
  t.true(queue.isReady());
});

test('without a callback, waitAll rejects with the first error, once', async t => {
  const {client, queue} = queueOf(2);
  await queue.startAsync({x});
  await queue.startAsync({x});
  client.fail('STAGE_FAILED', 1);
  client.fail('DEVICE_LOST', 0);
  await t.throwsAsync(queue.waitAll(), {code: 'STAGE_FAILED'});
  await queue.waitAll();
});

for (const [how, callback] of [
  [
    'throws',
    () => {
      throw new Error('oops');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('oops'))],
] as const) {
  test(`a callback that ${how} is reported by waitAll, and loses no request`, async t => {
    const seen = unhandled(t);
    const {client, queue} = queueOf(1);
    queue.setCallback(callback);
    for (let run = 0; run < 3; run++) {
      await queue.startAsync({x});
      client.done({y: x});
    }
    await t.throwsAsync(queue.waitAll(), {code: 'INTERNAL', message: 'oops'});
    t.true(queue.isReady());
    await ends(client);
    t.deepEqual(seen, []);
  });
}

test('a request is not used again before its callback has ended', async t => {
  const {client, queue} = queueOf(1);
  let leave = () => {};
  queue.setCallback(() => new Promise<void>(resolve => (leave = resolve)));
  await queue.startAsync({x});
  client.done({y: x});
  await ends(client);
  t.false(queue.isReady());
  const waiting = queue.startAsync({x});
  leave();
  t.is(await waiting, 0);
  client.done({y: x});
  await ends(client);
  leave();
  await queue.waitAll();
});

test('a callback may start the queue again, or its own request', async t => {
  const {client, queue} = queueOf(2);
  let left = 2;
  queue.setCallback(async (_error, request) => {
    if (left-- <= 0) return;
    if (left === 1) await queue.startAsync({x});
    else request.startAsync();
  });
  await queue.startAsync({x});
  for (let run = 0; run < 3; run++) {
    client.done({y: x});
    await ends(client);
  }
  await queue.waitAll();
  t.is(client.submissions.length, 3);
  t.true(queue.isReady());
});

test('a request that its user starts is not idle for the queue', async t => {
  const {client, queue} = queueOf(1);
  const id = await queue.getIdleRequestId();
  const request = queue.at(id);
  request.setInput('x', x);
  request.startAsync();
  t.false(queue.isReady());
  const waiting = queue.startAsync({x: vector(2)});
  client.done({y: x});
  t.is(await waiting, 0);
  client.done({y: x});
  await queue.waitAll();
  t.is(client.submissions.length, 2);
});

test('waitAll waits for starts that wait', async t => {
  const {client, queue} = queueOf(1);
  await queue.startAsync({x});
  const second = queue.startAsync({x});
  let settled = false;
  const all = queue.waitAll().then(() => (settled = true));
  client.done({y: x});
  await second;
  await ends(client);
  t.false(settled);
  client.done({y: x});
  await all;
  t.true(settled);
});

test('requests are counted, numbered and iterated over', t => {
  const {queue} = queueOf(3);
  t.is(queue.length, 3);
  t.deepEqual(
    [...queue],
    [0, 1, 2].map(id => queue.at(id)),
  );
  for (const id of [-1, 3, 0.5, Number.NaN])
    t.like(
      t.throws(() => queue.at(id)),
      {code: 'INVALID_ARGUMENT'},
    );
});

test('no number of requests means as many as keep the stages busy', t => {
  const {network} = queueOf(1);
  t.is(new AsyncInferQueue(network).length, network.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS'));
  for (const jobs of [-1, 1.5, Number.NaN, 1e6]) {
    t.like(
      t.throws(() => new AsyncInferQueue(network, jobs)),
      {code: 'INVALID_ARGUMENT'},
    );
  }
});

test('release ends what runs and what waits, and settles, also in a callback', async t => {
  const {client, queue} = queueOf(1);
  const codes: unknown[] = [];
  queue.setCallback(async error => {
    codes.push(error?.code);
    await queue.release();
    await new Promise(() => {});
  });
  await queue.startAsync({x});
  const waiting = t.throwsAsync(queue.startAsync({x}), {code: 'RELEASED'});
  const released = queue.release();
  await waiting;
  t.deepEqual(client.cancelled, [0]);
  client.fail('CANCELLED');
  await released;
  await queue.release();
  t.deepEqual(codes, ['CANCELLED']);
  t.false(queue.isReady());
  await t.throwsAsync(queue.startAsync({x}), {code: 'RELEASED'});
  await t.throwsAsync(queue.getIdleRequestId(), {code: 'RELEASED'});
});

test('a network that is released gives every request back', async t => {
  const {client, network, queue} = queueOf(1);
  await queue.startAsync({x});
  const waiting = t.throwsAsync(queue.startAsync({x}), {code: 'RELEASED'});
  const released = network.release();
  client.fail('RELEASED');
  await waiting;
  await t.throwsAsync(queue.waitAll(), {code: 'RELEASED'});
  client.answer(null);
  await released;
  t.throws(() => new AsyncInferQueue(network, 1), {code: 'RELEASED'});
});

test.serial('release warns of what nobody was told', async t => {
  const {client, queue} = queueOf(1);
  queue.setCallback(() => {
    throw new Error('nobody hears this');
  });
  await queue.startAsync({x});
  client.done({y: x});
  await ends(client);
  const warned = once(process, 'warning');
  await queue.release();
  const [warning] = await warned;
  t.regex(warning.message, /INTERNAL: nobody hears this/);
});
