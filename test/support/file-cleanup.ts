import test from 'ava';
import type {Cleanup} from './heterodyne-process.js';

/** For what all tests of a file share: torn down, last first, after the last of them. */
export function fileCleanup(): Cleanup {
  const teardowns: (() => unknown)[] = [];
  test.after.always(async () => {
    const failures: unknown[] = [];
    for (const teardown of teardowns.reverse()) {
      await Promise.resolve(teardown()).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  });
  return {teardown: call => void teardowns.push(call)};
}
