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

test('of stages that take turns, none is stuck as long as inferences of any of them end', async t => {
  const timers = new ManualTimers();
  const line = new KernelLine(timers);
  const [waiting, other] = [staged({timers, line}), staged({timers, line})];
  const late = waiting.executor.run(task());
  await waiting.executor.run({kind: 'stuck'});
  for (let turn = 0; turn < 5; turn++) {
    const run = other.executor.run(task());
    timers.advance(9000);
    other.ends.at(-1)?.();
    await run;
  }
  t.is(waiting.stuck.count, 0);
  timers.advance(20_000);
  t.is(waiting.stuck.count, 1, 'nothing ends any more');
  waiting.ends[0]?.();
  await late;
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
