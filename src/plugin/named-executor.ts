import {type InferenceError, queueFull} from '../errors.js';

/** Tasks are not measured here. */
const retryMs = 100;

/** A stage of an infer request's pipeline, or its callback. */
export type ExecutorTask<Value> = () => Value | Promise<Value>;

interface Job {
  readonly task: ExecutorTask<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface NamedExecutorOptions {
  readonly name: string;
  /** Tasks that run at the same time. */
  readonly slots: number;
  /** Tasks that wait for a slot. */
  readonly queuedMax: number;
}

/** Runs tasks in the order in which they come, `slots` at a time, on this thread's event loop. */
export class NamedExecutor {
  readonly name: string;
  readonly slots: number;
  readonly #queuedMax: number;
  readonly #waiting: Job[] = [];
  #running = 0;

  constructor({name, slots, queuedMax}: NamedExecutorOptions) {
    this.name = name;
    this.slots = slots;
    this.#queuedMax = queuedMax;
  }

  /** Settles as the task does; rejects with QUEUE_FULL if too many wait. */
  run<Value>(task: ExecutorTask<Value>): Promise<Value> {
    return new Promise<unknown>((resolve, reject) => {
      const job = {task, resolve, reject};
      if (this.#running < this.slots) void this.#start(job);
      else if (this.#waiting.length < this.#queuedMax) this.#waiting.push(job);
      else reject(this.#full());
    }) as Promise<Value>;
  }

  async #start({task, resolve, reject}: Job): Promise<void> {
    this.#running++;
    try {
      resolve(await task());
    } catch (error) {
      reject(error);
    }
    this.#running--;
    const next = this.#waiting.shift();
    if (next !== undefined) void this.#start(next);
  }

  #full(): InferenceError {
    const text = `${this.#queuedMax} tasks wait for the executor ${this.name} already`;
    return queueFull(text, retryMs);
  }
}
