import test from 'ava';
import {ExecutableNetwork} from '../../../src/client/executable-network.js';
import {Tensor} from '../../../src/tensor.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';
import {tensorOf} from '../../support/tensor-of.js';

const info = {name: 's', type: 'f32', shape: [1, 4]} as const;

/** A request whose network has the state s, a vector of nines at first. */
function stateful() {
  const client = new ClientBench();
  const deployment = {...singleStage(), states: [info]};
  const initial = Tensor.from(vector(9), 's');
  const network = new ExecutableNetwork(client.session, deployment, {
    exported: async () => new Uint8Array(),
    released: () => {},
    states: [{output: 't', input: 's', initial}],
  });
  const [variant] = deployment.variants;
  if (variant === undefined) throw new Error('a deployment has a variant');
  const way = {deployment: deployment.id, variant, route: [0]};
  const done = (outputs: Readonly<Record<string, ReturnType<typeof vector>>>) => {
    const request = client.submissions.length - 1;
    const rest = {
      outputs: new Map(Object.entries(outputs)),
      timings: [],
      attempts: 1,
      way,
      through: way,
    };
    client.session.onEvent({kind: 'done', request, ...rest});
  };
  const request = network.createInferRequest();
  request.setInput('x', vector(1));
  const run = async () => {
    request.startAsync();
    done({y: vector(0)});
    await request.wait();
  };
  const last = () => {
    const {tensors, state} = client.submissions.at(-1) ?? {};
    return {brought: tensors?.get('s')?.data[0], state};
  };
  return {client, request, run, last, done, way};
}

test('the first run brings what the states are at first, the next ones bring none', async t => {
  const {run, last, way} = stateful();
  await run();
  t.deepEqual(last(), {brought: 9, state: {session: 0, step: 0, way: undefined, read: false}});
  await run();
  t.deepEqual(last(), {brought: undefined, state: {session: 0, step: 1, way, read: false}});
  await run();
  t.like(last(), {state: {step: 2}});
});

test('a run that fails is no step', async t => {
  const {client, request, run, last} = stateful();
  for (const brought of [9, undefined]) {
    request.startAsync();
    client.fail('STAGE_FAILED');
    await t.throwsAsync(request.wait(), {code: 'STAGE_FAILED'});
    t.is(last().brought, brought);
    await run();
    t.is(last().brought, brought);
  }
  t.like(last(), {state: {step: 1}});
});

test('a state is read from where it is, and from here until it has gone there', async t => {
  const {client, request, run, done, way} = stateful();
  const [state] = request.queryState();
  t.is((await state?.getState())?.data[0], 9);
  t.deepEqual(client.orders, []);
  await run();
  const reading = state?.getState();
  t.like(client.submissions.at(-1), {state: {session: 0, step: 1, way, read: true}});
  done({s: vector(5)});
  t.is((await reading)?.data[0], 5);
  const failing = state?.getState();
  client.fail('STATE_LOST');
  await t.throwsAsync(failing ?? Promise.resolve(), {code: 'STATE_LOST'});
});

test('resetState has the device forget, and the next run may be anywhere', async t => {
  const {client, request, run, last, way} = stateful();
  request.resetState();
  t.deepEqual(client.orders, [], 'nothing is anywhere yet');
  await run();
  request.resetState();
  t.deepEqual(client.orders.at(-1), {kind: 'forgetState', session: 0, way});
  await run();
  t.deepEqual(last(), {brought: 9, state: {session: 1, step: 0, way: undefined, read: false}});
});

test('who sets every state begins anew, with them', async t => {
  const {request, run, last} = stateful();
  await run();
  request.queryState()[0]?.setState(vector(3));
  await run();
  t.deepEqual(last(), {brought: 3, state: {session: 1, step: 0, way: undefined, read: false}});
});

test('states are checked, and left alone while the request runs', async t => {
  const {client, request} = stateful();
  const [state] = request.queryState();
  t.throws(() => state?.setState(tensorOf('i32', [1, 4])), {code: 'TYPE_MISMATCH'});
  t.throws(() => state?.setState(tensorOf('f32', [4])), {code: 'SHAPE_MISMATCH'});
  t.throws(() => request.setInput('s', vector(1)), {code: 'UNKNOWN_INPUT'});
  request.startAsync();
  for (const call of [
    () => request.queryState(),
    () => request.resetState(),
    () => state?.reset(),
    () => state?.setState(vector(1)),
  ]) {
    t.throws(call, {code: 'BUSY'});
  }
  await t.throwsAsync(async () => state?.getState(), {code: 'BUSY'});
  request.cancel();
  t.throws(() => request.queryState(), {code: 'CANCELLED'});
  client.fail('CANCELLED');
  await t.throwsAsync(request.wait(), {code: 'CANCELLED'});
  t.notThrows(() => request.resetState());
});
