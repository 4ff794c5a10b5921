import {threadId} from 'node:worker_threads';
import {InferenceError} from '../../src/errors.js';
import {replyOf} from '../../src/plugin/reply.js';
import {warmHandle} from '../../src/plugin/warm-handle.js';

export type WarmTask = 'thread' | 'setup' | 'die' | 'wait';

let held = 0;

/** A worker that says which thread it is, and what it holds; a setup 'wrong' cannot be started. */
export const handle = warmHandle<string, WarmTask>(async setup => {
  if (setup === 'wrong') throw new InferenceError('COMPILE_FAILED', 'as told');
  held++;
  return {
    description: `${setup}, ${held} held`,
    run: task =>
      replyOf(async () => {
        if (task === 'die') process.exit(7);
        if (task === 'wait') await new Promise(resolve => setTimeout(resolve, 20));
        return task === 'thread' ? threadId : setup;
      }),
    release: async () => {
      held--;
    },
  };
});
