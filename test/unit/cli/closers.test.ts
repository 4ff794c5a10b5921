import test from 'ava';
import {Closers} from '../../../src/cli/closers.js';

test('what was started last is ended first, and once', async t => {
  const ended: string[] = [];
  const closers = new Closers();
  closers.add(async () => void ended.push('server'));
  closers.add(async () => void ended.push('node'));
  await Promise.all([closers.close(), closers.close()]);
  t.deepEqual(ended, ['node', 'server']);
});

test('what is started after the end is ended at once', async t => {
  const closers = new Closers();
  await closers.close();
  await new Promise<void>(resolve => closers.add(async () => resolve()));
  t.pass();
});

test('a failure keeps nothing from ending, and is told', async t => {
  const ended: string[] = [];
  const closers = new Closers();
  closers.add(async () => void ended.push('server'));
  closers.add(async () => {
    throw new Error('the node hangs');
  });
  await t.throwsAsync(closers.close(), {message: 'the node hangs'});
  t.deepEqual(ended, ['server']);
});
