import test from 'ava';
import type {StageResult, StageTask} from '../../../actors/stage-task.js';
import {Batcher} from '../../../src/app/batcher.js';
import {InferenceError} from '../../../src/errors.js';
import {floats} from '../../support/cluster-networks.js';
import {ManualTimers} from '../../support/manual-timers.js';

/** Doubles what comes; remembers the first dimension of each run. A row that begins with 13 fails. */
function bench() {
  const timers = new ManualTimers();
  const runs: (number | undefined)[] = [];
  const infer = async ({tensors}: StageTask): Promise<StageResult> => {
    const x = tensors.get('x');
    const values = Array.from((x?.data ?? []) as Float32Array);
    runs.push(x?.shape[0]);
    if (values.includes(13)) throw new InferenceError('STAGE_FAILED', 'unlucky');
    const y = floats(
      values.map(value => 2 * value),
      2,
    );
    return {tensors: new Map([['y', y]]), executeUs: 1};
  };
  const batcher = new Batcher({rowsMax: 4, overridable: ['w'], timeoutMs: 100, timers, infer});
  const submit = async (...values: readonly number[]) => {
    const tensors = new Map([['x', floats(values, 2)]]);
    const {tensors: outputs} = await batcher.infer({tensors, owned: true, profile: false});
    return Array.from((outputs.get('y')?.data ?? []) as Float32Array);
  };
  return {timers, runs, batcher, submit};
}

test('a request that overrides an initializer runs alone, and others run as one', async t => {
  const {batcher, submit, runs} = bench();
  const others = [submit(1, 2), submit(3, 4), submit(5, 6)];
  const tensors = new Map([
    ['x', floats([9, 9], 2)],
    ['w', floats([1, 1], 2)],
  ]);
  await batcher.infer({tensors, owned: true, profile: false});
  t.deepEqual(runs, [1]);
  await Promise.all([...others, submit(7, 8)]);
  t.deepEqual(runs, [1, 4]);
});

test('as many requests as a batch has run as one, each with its own rows', async t => {
  const {submit, runs, timers} = bench();
  const results = await Promise.all([submit(1, 2), submit(3, 4), submit(5, 6), submit(7, 8)]);
  t.deepEqual(results, [
    [2, 4],
    [6, 8],
    [10, 12],
    [14, 16],
  ]);
  t.deepEqual(runs, [4]);
  t.is(timers.pending, 0);
});

test('a part of a batch runs, as one too, when its first request has waited long enough', async t => {
  const {submit, runs, timers} = bench();
  const results = Promise.all([submit(1, 2), submit(3, 4)]);
  timers.advance(99);
  t.deepEqual(runs, []);
  timers.advance(1);
  t.deepEqual(await results, [
    [2, 4],
    [6, 8],
  ]);
  t.deepEqual(runs, [2]);
});

test('how long a request waits can be changed, for the batches that begin then', async t => {
  const {batcher, submit, runs, timers} = bench();
  const first = submit(1, 2);
  batcher.setTimeoutMs(10);
  timers.advance(99);
  t.deepEqual(runs, []);
  timers.advance(1);
  await first;
  const second = submit(3, 4);
  timers.advance(10);
  t.deepEqual(await second, [6, 8]);
  t.deepEqual(runs, [1, 1]);
});

test('a request that fails does not fail the others of its batch', async t => {
  const {submit, runs} = bench();
  const [first, unlucky, third, fourth] = [submit(1, 2), submit(13, 0), submit(3, 4), submit(5, 6)];
  await t.throwsAsync(unlucky, {code: 'STAGE_FAILED', message: 'unlucky'});
  t.deepEqual(await Promise.all([first, third, fourth]), [
    [2, 4],
    [6, 8],
    [10, 12],
  ]);
  t.deepEqual(runs, [4, 1, 1, 1, 1]);
});

test('requests that bring several rows count as many, and do not exceed the batch', async t => {
  const {submit, runs, timers} = bench();
  const results = Promise.all([submit(1, 2, 3, 4, 5, 6), submit(7, 8, 9, 10)]);
  timers.advance(100);
  t.deepEqual(await results, [
    [2, 4, 6, 8, 10, 12],
    [14, 16, 18, 20],
  ]);
  t.deepEqual(runs, [3, 2]);
});

test('requests of other shapes do not wait for each other', async t => {
  const {batcher, timers, runs} = bench();
  const one = batcher.infer({
    tensors: new Map([['x', floats([1, 2], 2)]]),
    owned: true,
    profile: false,
  });
  const other = batcher.infer({
    tensors: new Map([['x', floats([1, 2, 3, 4], 4)]]),
    owned: true,
    profile: false,
  });
  timers.advance(100);
  await Promise.all([one, other]);
  t.deepEqual(runs, [1, 1]);
});

test('what waits when the stage closes runs at once', async t => {
  const {batcher, submit, timers} = bench();
  const result = submit(1, 2);
  batcher.flush();
  t.deepEqual(await result, [2, 4]);
  t.is(timers.pending, 0);
});
