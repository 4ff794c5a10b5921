import test from 'ava';
import {ThreadLock} from '../../../../devices/gpu/thread-lock.js';
import {WorkerPool} from '../../../../src/plugin/worker-pool.js';

test('work of several threads passes one at a time', async t => {
  const pool = new WorkerPool<number>({
    module: new URL('../../../support/locked-worker.js', import.meta.url),
    workers: 3,
    queuedMax: 0,
    workerData: {memory: ThreadLock.memory(), inside: new SharedArrayBuffer(4)},
  });
  t.teardown(() => pool.close());
  const met = await Promise.all([1, 2, 3].map(() => pool.run<number>(200)));
  t.deepEqual(met, [0, 0, 0]);
});

test('work that fails lets the next pass', async t => {
  const lock = new ThreadLock(ThreadLock.memory());
  const failing = lock.hold(() => Promise.reject(new Error('as told')));
  const next = lock.hold(async () => 'passed');
  await t.throwsAsync(failing, {message: 'as told'});
  t.is(await next, 'passed');
});
