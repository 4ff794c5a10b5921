import test from 'ava';
import {KernelLine} from '../../../src/app/kernel-line.js';
import {StageExecutor, type StageExecutorOptions} from '../../../src/app/stage-executor.js';
import type {ExecutableNetwork, InferenceResult} from '../../../src/plugin/plugin.js';
import {ManualTimers} from '../../support/manual-timers.js';

/** A network whose inferences end when a test says so. */
function network() {
  const ends: (() => void)[] = [];
  const executable: ExecutableNetwork = {
    inputs: [],
    outputs: [],
    slots: 1,
    infer: () =>
      new Promise<InferenceResult>(resolve => {
        ends.push(() => resolve({tensors: new Map(), executeUs: 1}));
      }),
    release: async () => {},
  };
  return {executable, ends};
}

const task = () => ({tensors: new Map(), owned: true, profile: false});
/** Until what was resolved has been followed. */
const settled = () => new Promise(resolve => setImmediate(resolve));

function staged(more: Partial<StageExecutorOptions> = {}) {
  const timers = new ManualTimers();
  const stuck = {count: 0};
  const {executable, ends} = network();
  const onStuck = () => {
    stuck.count++;
  };
  const options = {batch: 1, overridable: [], batchTimeoutMs: 0, timers, onStuck, ...more};
  return {executor: new StageExecutor(executable, options), ends, stuck, timers};
}

test('a kernel of its own that does not end is told at once', async t => {
  const {executor, stuck} = staged();
  void executor.run(task());
  t.is(await executor.run({kind: 'stuck'}), null);
  t.is(stuck.count, 1);
});

test('of stages that take turns, one that waits is not stuck, however slow the others are', async t => {
  const timers = new ManualTimers();
  const line = new KernelLine(timers);
  const [other, waiting] = [staged({timers, line}), staged({timers, line})];
  const slow = other.executor.run(task());
  const late = waiting.executor.run(task());
  await waiting.executor.run({kind: 'stuck'});
  timers.advance(60_000);
  t.is(waiting.stuck.count, 0, 'it waits');
  other.ends[0]?.();
  await slow;
  timers.advance(9000);
  t.is(waiting.stuck.count, 0, 'its turn has just come');
  timers.advance(20_000);
  t.is(waiting.stuck.count, 1);
  waiting.ends[0]?.();
  await late;
  t.is(timers.pending, 0);
});

test('batches that follow each other are not stuck because requests wait behind them', async t => {
  const {executor, ends, stuck, timers} = staged({batch: 4});
  const runs = [executor.run(task())];
  await executor.run({kind: 'stuck'});
  for (let at = 0; at < 5; at++) {
    runs.push(executor.run(task()));
    timers.advance(9000);
    ends[at]?.();
    await runs[at];
  }
  t.is(stuck.count, 0);
  ends[5]?.();
  await runs[5];
});

test('a line where all has ended is watched no more', async t => {
  const {executor, ends, stuck, timers} = staged({batch: 4});
  const run = executor.run(task());
  await executor.run({kind: 'stuck'});
  ends[0]?.();
  await run;
  await settled();
  t.is(timers.pending, 0);
  await executor.run({kind: 'stuck'});
  timers.advance(60_000);
  t.is(stuck.count, 0);
});
