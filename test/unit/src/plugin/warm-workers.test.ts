import test, {type ExecutionContext} from 'ava';
import {WarmWorkers} from '../../../../src/plugin/warm-workers.js';
import type {WarmTask} from '../../../support/warm-worker.js';

const module = new URL('../../../support/warm-worker.js', import.meta.url);
const one = {workers: 1, queuedMax: 4};

function warmWorkers(t: ExecutionContext): WarmWorkers<string, WarmTask> {
  const workers = new WarmWorkers<string, WarmTask>(module);
  t.teardown(() => workers.close());
  return workers;
}

async function openPool(t: ExecutionContext, workers: WarmWorkers<string, WarmTask>, setup = 'a') {
  const pool = await workers.open(setup, one);
  t.teardown(() => pool.close());
  return pool;
}

test('the thread of a closed pool serves the next one, and holds nothing of the former', async t => {
  const workers = warmWorkers(t);
  const first = await openPool(t, workers, 'a');
  t.deepEqual([first.workers, first.description], [1, 'a, 1 held']);
  const thread = await first.run<number>('thread');
  t.is(await first.run('setup'), 'a');
  await first.close();
  const second = await openPool(t, workers, 'b');
  t.is(second.description, 'b, 1 held');
  t.is(await second.run('setup'), 'b');
  t.is(await second.run('thread'), thread);
});

test('a pool that is closed runs nothing, whoever has its thread', async t => {
  const workers = warmWorkers(t);
  const first = await openPool(t, workers);
  await first.close();
  await openPool(t, workers);
  await t.throwsAsync(first.run('thread'), {code: 'RELEASED'});
  await first.close();
});

test('two open pools have threads of their own', async t => {
  const workers = warmWorkers(t);
  const [a, b] = [await openPool(t, workers, 'a'), await openPool(t, workers, 'b')];
  t.not(await a.run('thread'), await b.run('thread'));
  t.deepEqual([await a.run('setup'), await b.run('setup')], ['a', 'b']);
});

test('a worker that takes the place of one that ended has its setup too', async t => {
  const workers = warmWorkers(t);
  const first = await openPool(t, workers, 'a');
  await first.close();
  const pool = await openPool(t, workers, 'b');
  const dying = pool.run('die');
  const waiting = pool.run('setup');
  await t.throwsAsync(dying, {code: 'DEVICE_LOST'});
  t.is(await waiting, 'b');
  t.is(await pool.run('setup'), 'b');
});

test('a setup that cannot be started is told, and the thread serves on', async t => {
  const workers = warmWorkers(t);
  const first = await openPool(t, workers);
  const thread = await first.run<number>('thread');
  await first.close();
  await t.throwsAsync(openPool(t, workers, 'wrong'), {code: 'COMPILE_FAILED', message: 'as told'});
  t.is(await (await openPool(t, workers)).run('thread'), thread);
});

test('a pool that is closed while it runs settles what runs and keeps no thread', async t => {
  const workers = warmWorkers(t);
  const first = await openPool(t, workers);
  const thread = await first.run<number>('thread');
  const running = first.run('wait');
  const waiting = t.throwsAsync(first.run('setup'), {code: 'RELEASED'});
  await first.close();
  t.is(await running, 'a');
  await waiting;
  t.not(await (await openPool(t, workers)).run('thread'), thread);
});

test('no more threads wait for a user than fit', async t => {
  const workers = warmWorkers(t);
  const pools = await Promise.all(Array.from({length: 9}, () => openPool(t, workers)));
  const before = await Promise.all(pools.map(pool => pool.run<number>('thread')));
  await Promise.all(pools.map(pool => pool.close()));
  const again = await Promise.all(Array.from({length: 9}, () => openPool(t, workers)));
  const after = await Promise.all(again.map(pool => pool.run<number>('thread')));
  t.is(after.filter(thread => before.includes(thread)).length, 8);
});

test('closing ends the threads that wait, and keeps none afterwards', async t => {
  const workers = warmWorkers(t);
  const pool = await openPool(t, workers);
  const thread = await pool.run<number>('thread');
  await workers.close();
  await pool.close();
  t.not(await (await openPool(t, workers)).run('thread'), thread);
});
