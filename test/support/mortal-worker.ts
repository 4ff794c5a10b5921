import {InferenceError} from '../../src/errors.js';
import {type Reply, replyOf} from '../../src/plugin/reply.js';

export type MortalTask = 'answer' | 'fail' | 'die' | 'throw' | 'spin' | 'sleep';

/** A worker that answers, fails or ends as it is told. */
export async function handle(task: MortalTask): Promise<Reply<string>> {
  if (task === 'die') process.exit(7);
  if (task === 'throw') throw new Error('thrown past the reply');
  while (task === 'spin');
  if (task === 'sleep') await new Promise(() => {});
  return replyOf(() => {
    if (task === 'answer') return 'answered';
    throw new InferenceError('STAGE_FAILED', 'as told', {operation: 'some'});
  });
}
