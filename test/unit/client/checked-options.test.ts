import test from 'ava';
import type {InferRequest} from '../../../src/client/infer-request.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';

/** A request with its input set. */
function ready(): {client: ClientBench; request: InferRequest} {
  const client = new ClientBench();
  const request = client.load(singleStage()).createInferRequest();
  request.setInput('x', vector(1));
  return {client, request};
}

test('options that are none are refused before anything is sent', async t => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [null, /options: expected an object .* given null/],
    [5000, /options: expected an object .* given 5000/],
    [{timeoutMs: '5'}, /timeoutMs: expected a time above 0/],
    [{signal: {}}, /signal: expected an AbortSignal/],
    [{signal: null}, /signal: expected an AbortSignal, given null/],
    [{signal: {addEventListener: () => {}}}, /signal: expected an AbortSignal/],
  ];
  for (const [options, message] of wrong) {
    const {client, request} = ready();
    t.throws(() => request.startAsync(options as never), {code: 'INVALID_ARGUMENT', message});
    t.is(client.submissions.length, 0);
    t.is(request.state, 'IDLE');
    request.startAsync();
    client.done({y: vector(1)});
    t.true(await request.wait());
  }
});

test('a callback that is no function, and inputs in a Map, are refused', async t => {
  const {client, request} = ready();
  const called = {code: 'INVALID_ARGUMENT', message: /callback: expected a function, given 5/};
  t.throws(() => request.setCallback(5 as never), called);
  const given = {code: 'INVALID_ARGUMENT', message: /an object of tensors by name, given a Map/};
  await t.throwsAsync(request.infer(new Map([['x', vector(1)]]) as never), given);
  t.is(client.submissions.length, 0);
});
