import test from 'ava';
import type {InferRequest} from '../../../src/client/infer-request.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';

/** A request with its input set. */
function ready(deployment = singleStage()): {client: ClientBench; request: InferRequest} {
  const client = new ClientBench();
  const request = client.load(deployment).createInferRequest();
  request.setInput('x', vector(1));
  return {client, request};
}

test('the callback comes before wait settles, and is told how it ended', async t => {
  const {client, request} = ready();
  const steps: unknown[] = [];
  request.setCallback(error => steps.push(error?.code));
  request.startAsync();
  const waiting = request.wait().then(() => steps.push('waited'));
  client.done({y: vector(1)});
  await waiting;
  t.deepEqual(steps, [undefined, 'waited']);
  request.startAsync();
  client.fail('DEVICE_LOST');
  await t.throwsAsync(request.wait());
  t.deepEqual(steps, [undefined, 'waited', 'DEVICE_LOST']);
});

test('the callback reads outputs and starts again', async t => {
  const {client, request} = ready();
  const seen: unknown[] = [];
  request.setCallback(() => {
    seen.push(request.getOutput('y').data[0]);
    if (seen.length < 3) {
      request.setInput('x', vector(seen.length));
      request.startAsync();
    }
  });
  request.startAsync();
  for (const value of [10, 20, 30]) {
    const waiting = request.wait();
    client.done({y: vector(value)});
    t.true(await waiting, 'of the run that was waited for');
  }
  t.deepEqual(seen, [10, 20, 30]);
  t.is(client.submissions.length, 3);
});

test('what a callback throws is what the run ended with', async t => {
  const {client, request} = ready();
  request.setCallback(() => {
    throw new TypeError('oops');
  });
  request.startAsync();
  client.done({y: vector(1)});
  t.like(await t.throwsAsync(request.wait()), {code: 'INTERNAL', message: 'oops'});
  request.setCallback(() => {});
  request.startAsync();
  client.done({y: vector(1)});
  t.true(await request.wait());
});

test('what the promise of a callback rejects with is what the run ended with', async t => {
  const {client, request} = ready();
  request.setCallback(async () => {
    await client.settle();
    throw new TypeError('oops, later');
  });
  request.startAsync();
  const waiting = request.wait();
  client.done({y: vector(1)});
  t.like(await t.throwsAsync(waiting), {code: 'INTERNAL', message: 'oops, later'});
  t.like(await t.throwsAsync(request.wait()), {code: 'INTERNAL', message: 'oops, later'});
  request.setCallback();
  request.startAsync();
  client.done({y: vector(1)});
  t.true(await request.wait());
});

test('a callback with a promise finds the request idle, and may wait and start again', async t => {
  const {client, request} = ready();
  const seen: unknown[] = [];
  request.setCallback(async error => {
    seen.push(error?.code, request.state, await request.wait());
    request.setCallback(() => seen.push('the second'));
    request.startAsync();
  });
  request.startAsync();
  const waiting = request.wait();
  client.done({y: vector(1)});
  t.true(await waiting);
  client.done({y: vector(2)});
  t.true(await request.wait());
  t.deepEqual(seen, [undefined, 'IDLE', true, 'the second']);
});

test('wait settles by the deadline, whether or not the promise of a callback does', async t => {
  const {client, request} = ready();
  request.setCallback(() => new Promise(() => {}));
  request.startAsync({timeoutMs: 5});
  const waiting = request.wait();
  client.done({y: vector(1)});
  t.true(await waiting);
});

test('a late callback of one run does not change the end of the next', async t => {
  const {client, request} = ready();
  let fail = (_: Error) => {};
  request.setCallback(() => new Promise((_, reject) => (fail = reject)));
  request.startAsync();
  const first = request.wait();
  client.done({y: vector(1)});
  await client.settle();
  request.setCallback();
  request.startAsync();
  client.done({y: vector(2)});
  await client.settle();
  fail(new Error('too late'));
  await t.throwsAsync(first, {message: 'too late'});
  t.true(await request.wait());
  t.is(request.getOutput('y').data[0], 2);
});

test('infer does not call the callback', async t => {
  const {client, request} = ready();
  request.setCallback(() => t.fail());
  const outputs = request.infer();
  client.done({y: vector(1)});
  await outputs;
  t.pass();
});
