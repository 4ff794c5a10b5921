import test, {type ExecutionContext} from 'ava';
import {WorkerPool} from '../../../../src/plugin/worker-pool.js';
import type {MortalTask} from '../../../support/mortal-worker.js';

const mortal = new URL('../../../support/mortal-worker.js', import.meta.url);
const stillborn = new URL('../../../support/stillborn-worker.js', import.meta.url);

function pool(t: ExecutionContext, module: URL, workers: number, queuedMax = 16) {
  const opened = new WorkerPool<MortalTask>({module, workers, queuedMax});
  t.teardown(() => opened.close());
  return opened;
}

test('a task is answered', async t => {
  t.is(await pool(t, mortal, 1).run('answer'), 'answered');
});

test('an error keeps its code and its place', async t => {
  const error = await t.throwsAsync(pool(t, mortal, 1).run('fail'), {
    code: 'STAGE_FAILED',
    message: 'as told',
  });
  t.like(error, {operation: 'some', retryable: false});
});

test('a task whose worker ends is lost, and the worker replaced', async t => {
  const workers = pool(t, mortal, 1);
  const dying = workers.run('die');
  const waiting = workers.run('answer');
  await t.throwsAsync(dying, {code: 'DEVICE_LOST', message: /7/});
  t.is(await waiting, 'answered');
  await t.throwsAsync(workers.run('die'), {code: 'DEVICE_LOST'});
  t.is(await workers.run('answer'), 'answered');
});

test('one worker that ends does not touch the task of another', async t => {
  const workers = pool(t, mortal, 2);
  const dying = workers.run('die');
  t.is(await workers.run('answer'), 'answered');
  await t.throwsAsync(dying, {code: 'DEVICE_LOST'});
});

test('what a worker throws past its reply loses the task, not the worker', async t => {
  const workers = pool(t, mortal, 1);
  await t.throwsAsync(workers.run('throw'), {code: 'DEVICE_LOST', message: /past the reply/});
  t.is(await workers.run('answer'), 'answered');
});

test('workers that cannot start lose every task instead of keeping it', async t => {
  const workers = pool(t, stillborn, 2);
  const tasks = Array.from({length: 5}, () => workers.run('answer'));
  for (const outcome of await Promise.allSettled(tasks)) {
    t.like(outcome, {status: 'rejected', reason: {code: 'DEVICE_LOST'}});
  }
  await t.throwsAsync(workers.run('answer'), {code: 'DEVICE_LOST'});
});

test('a module that does not exist loses the task', async t => {
  const absent = new URL('absent.js', mortal);
  await t.throwsAsync(pool(t, absent, 1).run('answer'), {code: 'DEVICE_LOST', message: /absent/});
});

test('a full queue refuses one more', async t => {
  const workers = pool(t, mortal, 1, 2);
  const taken = [1, 2, 3].map(() => workers.run('answer'));
  await t.throwsAsync(workers.run('answer'), {code: 'QUEUE_FULL'});
  t.deepEqual(await Promise.all(taken), ['answered', 'answered', 'answered']);
});

test('close settles what runs, also if its worker ends', async t => {
  const workers = pool(t, mortal, 2);
  // Threads that are started on a busy machine may take longer than a close waits.
  await Promise.all([workers.run('answer'), workers.run('answer')]);
  const running = [workers.run('answer'), workers.run('die')];
  const waiting = workers.run('answer');
  const outcomes = Promise.allSettled([...running, waiting]);
  await workers.close();
  t.like(await outcomes, [
    {status: 'fulfilled', value: 'answered'},
    {status: 'rejected', reason: {code: 'DEVICE_LOST'}},
    {status: 'rejected', reason: {code: 'RELEASED'}},
  ]);
});

for (const task of ['spin', 'sleep'] as const) {
  test(`close ends a worker whose task never does (${task})`, async t => {
    const workers = new WorkerPool<MortalTask>({
      ...{module: mortal, workers: 1, queuedMax: 1, closeMsMax: 1},
    });
    t.teardown(() => workers.close());
    await workers.run('answer');
    const running = t.throwsAsync(workers.run(task), {code: 'DEVICE_LOST'});
    const waiting = t.throwsAsync(workers.run('answer'), {code: 'RELEASED'});
    await workers.close();
    await Promise.all([running, waiting]);
  });
}
