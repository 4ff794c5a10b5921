import {workerData} from 'node:worker_threads';
import {ThreadLock} from '../../devices/gpu/thread-lock.js';
import {type Reply, replyOf} from '../../src/plugin/reply.js';

const {memory, inside} = workerData as {
  readonly memory: SharedArrayBuffer;
  readonly inside: SharedArrayBuffer;
};
const lock = new ThreadLock(memory);
const count = new Int32Array(inside);

/** Passes the lock `times` times, and tells how often it met another thread behind it. */
export function handle(times: number): Promise<Reply<number>> {
  const passes = Array.from({length: times}, () =>
    lock.hold(async () => {
      const met = Atomics.add(count, 0, 1);
      await new Promise(resolve => setImmediate(resolve));
      Atomics.sub(count, 0, 1);
      return met;
    }),
  );
  return replyOf(async () => (await Promise.all(passes)).reduce((sum, met) => sum + met, 0));
}
