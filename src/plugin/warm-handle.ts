import {InferenceError} from '../errors.js';
import {type Reply, replyOf, unwrapReply} from './reply.js';

/** What a worker of WarmWorkers is sent. */
export interface WarmMessage<Setup, Task> {
  /** Whose task it is; 0: nobody's, the worker is to let go of what it holds. */
  readonly user: number;
  /** Left out where the worker has it. */
  readonly setup: Setup | undefined;
  /** Undefined: the description is wanted. */
  readonly task: Task | undefined;
}

/** What a worker holds for one user of its thread. */
export interface WarmKernel<Task> {
  readonly description: unknown;
  /** Answers a Reply, or what piscina transfers as one. */
  run(task: Task): Promise<unknown>;
  release(): Promise<void>;
}

/**
 * What a worker of WarmWorkers exports as `handle`: holds what `start` makes of the user's setup, and
 * answers every task with a Reply. A setup that cannot be started answers too: a worker that fails
 * would only be started again.
 */
export function warmHandle<Setup, Task>(start: (setup: Setup) => Promise<WarmKernel<Task>>) {
  let user = 0;
  let kernel: Reply<WarmKernel<Task>> = lost();
  const change = async (message: WarmMessage<Setup, Task>) => {
    if (kernel.ok) await kernel.value.release();
    const {setup} = message;
    kernel = setup === undefined ? lost() : await replyOf(() => start(setup));
    user = message.user;
  };
  return async (message: WarmMessage<Setup, Task>): Promise<unknown> => {
    if (message.user !== user) await change(message);
    const {task} = message;
    if (user === 0) return {ok: true, value: null} satisfies Reply<null>;
    if (task === undefined) return replyOf(() => unwrapReply(kernel).description);
    return kernel.ok ? kernel.value.run(task) : kernel;
  };
}

function lost(): Reply<never> {
  return {ok: false, error: new InferenceError('DEVICE_LOST', 'the worker is new').toWire()};
}
