import test from 'ava';
import {coordinatorAddress} from '../../../schemas/addresses.js';
import {ClientBench} from '../../support/client-bench.js';
import {vector} from '../../support/stage-bench.js';
import {singleStage} from '../../support/stage-graphs.js';

const inputs = new Map([['x', vector(1)]]);
const options = {timeoutMs: 1000, profile: false};
const devices = (ask: object) => ({kind: 'devices' as const, ask: ask as never});

test('each request resolves or rejects with its own end', async t => {
  const client = new ClientBench();
  const submit = () => client.session.submit(singleStage(), inputs, options);
  const [first, second, third] = [submit(), submit(), submit()];
  t.deepEqual([first.id, second.id, third.id], [0, 1, 2]);
  client.done({y: vector(3)}, 2);
  client.fail('DEVICE_LOST', 0);
  client.done({y: vector(2)}, 1);
  t.like(await t.throwsAsync(first.outcome), {code: 'DEVICE_LOST'});
  t.deepEqual((await second.outcome).outputs.get('y'), vector(2));
  t.deepEqual((await third.outcome).outputs.get('y'), vector(3));
});

test('orders reach the actor as they are given', t => {
  const client = new ClientBench();
  const deployment = singleStage();
  client.session.loaded(deployment, () => {});
  client.session.submit(deployment, inputs, options);
  client.session.cancel(0);
  client.session.released(deployment);
  t.deepEqual(
    client.orders.map(({kind}) => kind),
    ['loaded', 'submit', 'cancel', 'released'],
  );
});

test('ends that nobody waits for are nothing', t => {
  const client = new ClientBench();
  t.notThrows(() => {
    client.done({}, 9);
    client.fail('INTERNAL', 9);
    client.answer(1, 9);
  });
});

test('questions resolve or reject with their answers', async t => {
  const client = new ClientBench();
  const first = client.session.askCoordinator(devices, 5000);
  const second = client.session.askCoordinator(devices, 5000);
  t.like(client.questions[0]?.question, {to: coordinatorAddress, timeoutMs: 5000});
  client.refuse('INVALID_DEVICE', 1);
  client.answer([1], 0);
  t.deepEqual(await first, [1]);
  t.like(await t.throwsAsync(second), {code: 'INVALID_DEVICE'});
});

test('a coordinator that is absent is asked again until there is one', async t => {
  const client = new ClientBench();
  const answer = client.session.askCoordinator(devices, 60_000);
  for (let tries = 0; tries < 3; tries++) {
    client.refuse('NO_COORDINATOR');
    await client.settle();
    client.time.advance(100);
    await client.settle();
  }
  t.is(client.questions.length, 4);
  client.answer('here');
  t.is(await answer, 'here');
  t.is(client.time.pending, 0);
});

test('a coordinator that stays absent is an error after a while, and says what to do', async t => {
  const client = new ClientBench();
  const answer = client.session.askCoordinator(devices, 60_000);
  const startedAt = client.time.now();
  let settled = false;
  const failed = t.throwsAsync(answer).then(error => {
    settled = true;
    return error;
  });
  while (!settled) {
    client.refuse('NO_COORDINATOR');
    await client.settle();
    if (!settled) client.time.advance(100);
    await client.settle();
  }
  t.like(await failed, {code: 'NO_COORDINATOR'});
  t.is(client.time.now() - startedAt, 10_000);
  t.regex(client.questions[0]?.question.absent().message ?? '', /heterodyne coordinator/);
});

test('what is asked or submitted after the end of the actor is RELEASED, not forgotten', async t => {
  const client = new ClientBench();
  client.open = false;
  const {outcome} = client.session.submit(singleStage(), inputs, options);
  t.like(await t.throwsAsync(outcome), {code: 'RELEASED'});
  const answer = client.session.askCoordinator(devices, 5000);
  t.like(await t.throwsAsync(answer), {code: 'RELEASED'});
});

test('a client that leaves waits for no coordinator', async t => {
  const client = new ClientBench();
  const before = client.session.askCoordinator(devices, 60_000);
  client.refuse('NO_COORDINATOR');
  await client.settle();
  client.session.leave();
  client.time.advance(100);
  await client.settle();
  client.refuse('NO_COORDINATOR');
  t.like(await t.throwsAsync(before), {code: 'NO_COORDINATOR'});
  const after = client.session.askCoordinator(devices, 60_000);
  client.refuse('NO_COORDINATOR');
  t.like(await t.throwsAsync(after), {code: 'NO_COORDINATOR'});
});

test('one that waits for a coordinator while the client is closed is RELEASED', async t => {
  const client = new ClientBench();
  const answer = client.session.askCoordinator(devices, 60_000);
  client.refuse('NO_COORDINATOR');
  await client.settle();
  client.open = false;
  client.time.advance(100);
  t.like(await t.throwsAsync(answer), {code: 'RELEASED'});
});

test('an order that a coordinator worked on until it was gone is given to the next', async t => {
  const client = new ClientBench();
  const answer = client.session.askCoordinator(devices, 600_000);
  client.time.advance(60_000);
  client.refuse('NO_COORDINATOR');
  await client.settle();
  client.time.advance(100);
  await client.settle();
  t.is(client.questions.length, 2);
  t.like(client.questions[1]?.question, {timeoutMs: 539_900});
  client.answer('here');
  t.is(await answer, 'here');
});
