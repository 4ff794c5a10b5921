import test from 'ava';
import {ExecutorManager} from '../../../../src/plugin/executor-manager.js';
import {NamedExecutor} from '../../../../src/plugin/named-executor.js';

test('at most as many tasks run at once as there are slots, in order', async t => {
  const executor = new NamedExecutor({name: 'task', slots: 2, queuedMax: 16});
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const task = (index: number) => () => {
    started.push(index);
    return new Promise<number>(resolve => ends.push(() => resolve(index)));
  };
  const running = [0, 1, 2, 3].map(index => executor.run(task(index)));
  t.deepEqual(started, [0, 1]);
  ends[1]?.();
  t.is(await running[1], 1);
  t.deepEqual(started, [0, 1, 2]);
  ends[0]?.();
  await running[0];
  for (const end of ends) end();
  t.deepEqual(await Promise.all(running), [0, 1, 2, 3]);
});

test('a task that fails rejects, and the next one runs', async t => {
  const executor = new NamedExecutor({name: 'task', slots: 1, queuedMax: 16});
  const failing = executor.run(() => {
    throw new Error('no');
  });
  const next = executor.run(() => 'yes');
  await t.throwsAsync(failing, {message: 'no'});
  t.is(await next, 'yes');
});

test('a task beyond the bound of the queue is refused', async t => {
  const executor = new NamedExecutor({name: 'task', slots: 1, queuedMax: 0});
  let end = () => {};
  const running = executor.run(
    () =>
      new Promise<void>(resolve => {
        end = resolve;
      }),
  );
  await t.throwsAsync(
    executor.run(() => {}),
    {code: 'QUEUE_FULL'},
  );
  end();
  await running;
});

test('who asks for the same name shares an executor', t => {
  const executors = new ExecutorManager();
  const executor = executors.get('DEVICE', 2);
  t.is(executors.get('DEVICE'), executor);
  t.not(executors.get('OTHER'), executor);
  executors.clear('DEVICE');
  t.not(executors.get('DEVICE'), executor);
});
