import {NamedExecutor} from './named-executor.js';

/** No more requests than this are in flight in one process. */
const queuedMax = 65_536;

/** Hands out task executors by name: who asks for the same name shares one. */
export class ExecutorManager {
  readonly #executors = new Map<string, NamedExecutor>();

  /** The executor of this name; made with so many slots if nobody has asked for it before. */
  get(name: string, slots = 1): NamedExecutor {
    const known = this.#executors.get(name);
    if (known !== undefined) return known;
    const executor = new NamedExecutor({name, slots, queuedMax});
    this.#executors.set(name, executor);
    return executor;
  }

  /** Forgets an executor, so that the next who asks gets a new one; what runs on it runs on. */
  clear(name: string): void {
    this.#executors.delete(name);
  }
}
