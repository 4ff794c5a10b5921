import type {TaskExecutor} from '../../src/ports/task-executor.js';

interface Waiting<Task, Result> {
  readonly task: Task;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** An executor whose tasks end when a test says so. */
export class ManualExecutor<Task = unknown, Result = unknown>
  implements TaskExecutor<Task, Result>
{
  readonly slots: number;
  /** Every task it was given, oldest first. */
  readonly tasks: Task[] = [];
  readonly #waiting: Waiting<Task, Result>[] = [];

  constructor(slots = 1) {
    this.slots = slots;
  }

  run(task: Task): Promise<Result> {
    this.tasks.push(task);
    return new Promise((resolve, reject) => this.#waiting.push({task, resolve, reject}));
  }

  /** Tasks that have not ended. */
  get running(): number {
    return this.#waiting.length;
  }

  /** Ends the oldest task that runs. */
  finish(result: Result): void {
    this.#oldest().resolve(result);
  }

  fail(error: unknown): void {
    this.#oldest().reject(error);
  }

  async close(): Promise<void> {}

  #oldest(): Waiting<Task, Result> {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) throw new RangeError('no task runs');
    return oldest;
  }
}
