import {InferenceError, invariant} from '../errors.js';
import {settlesWithin} from './settles-within.js';
import type {WarmMessage} from './warm-handle.js';
import {WorkerPool} from './worker-pool.js';

/** Threads without a user that are kept. */
const idleThreadsMax = 8;
/** How long they are kept. */
const idleMsMax = 10_000;
/** Users of a thread, one after the other: what native code leaks ends with it. */
const usersMax = 100;
/** How long a worker may take to let go of what its user had. */
const leaveMsMax = 2000;

export interface WarmPoolOptions {
  readonly workers: number;
  /** Tasks that wait for a worker. */
  readonly queuedMax: number;
}

/** Workers that belong to one user at a time. */
export interface WarmPool<Task> {
  readonly workers: number;
  /** What the workers said of what they hold. */
  readonly description: unknown;
  /** As that of WorkerPool. */
  run<Value>(task: Task, transfer?: readonly ArrayBuffer[]): Promise<Value>;
  /** As that of WorkerPool; the threads may serve another user then. */
  close(): Promise<void>;
}

/**
 * Pools of workers whose threads outlive their users: to start a thread and to compile what it runs
 * takes longer than to open a small network. `module` exports what `warmHandle` returns.
 */
export class WarmWorkers<Setup, Task> {
  readonly #module: URL;
  readonly #workerData: unknown;
  readonly #idle = new Map<Threads<Setup, Task>, ReturnType<typeof setTimeout>>();
  #users = 0;
  #closed = false;

  /** `workerData` is given to each worker when it starts. */
  constructor(module: URL, workerData?: unknown) {
    this.#module = module;
    this.#workerData = workerData;
  }

  /** Asks every worker, so that all are warm. Rejects with what `setup` cannot be started for. */
  async open(setup: Setup, options: WarmPoolOptions): Promise<WarmPool<Task>> {
    const threads =
      this.#take(options) ??
      new Threads<Setup, Task>({
        ...options,
        module: this.#module,
        workerData: this.#workerData,
      });
    try {
      const description = await threads.begin(++this.#users, setup);
      return this.#lend(threads, description);
    } catch (error) {
      await this.#end(threads);
      throw error;
    }
  }

  /** Ends the threads that nobody uses; those of open pools end with them. */
  async close(): Promise<void> {
    this.#closed = true;
    const idle = [...this.#idle.keys()];
    for (const threads of idle) this.#forget(threads);
    await Promise.all(idle.map(threads => threads.pool.close()));
  }

  #lend(threads: Threads<Setup, Task>, description: unknown): WarmPool<Task> {
    const {pool} = threads;
    let ended: Promise<void> | undefined;
    return {
      workers: pool.workers,
      description,
      run: (task, transfer) =>
        ended === undefined ? pool.run(task, transfer) : Promise.reject(released()),
      close: () => {
        ended ??= this.#end(threads);
        return ended;
      },
    };
  }

  async #end(threads: Threads<Setup, Task>): Promise<void> {
    const kept = !this.#closed && threads.isReusable && (await threads.leave());
    if (!kept || this.#closed || !this.#hasRoomFor(threads)) return threads.pool.close();
    const timer = setTimeout(() => {
      this.#forget(threads);
      void threads.pool.close();
    }, idleMsMax);
    timer.unref();
    this.#idle.set(threads, timer);
  }

  #hasRoomFor({pool}: Threads<Setup, Task>): boolean {
    const idle = [...this.#idle.keys()].reduce((sum, each) => sum + each.pool.workers, 0);
    return idle + pool.workers <= idleThreadsMax;
  }

  #take({workers, queuedMax}: WarmPoolOptions): Threads<Setup, Task> | undefined {
    for (const threads of this.#idle.keys()) {
      if (threads.pool.workers !== workers || threads.queuedMax !== queuedMax) continue;
      this.#forget(threads);
      if (threads.pool.isIdle) return threads;
      void threads.pool.close();
    }
    return undefined;
  }

  #forget(threads: Threads<Setup, Task>): void {
    clearTimeout(this.#idle.get(threads));
    this.#idle.delete(threads);
  }
}

interface ThreadsOptions extends WarmPoolOptions {
  readonly module: URL;
  readonly workerData: unknown;
}

/** A pool of workers and whom it serves. */
class Threads<Setup, Task> {
  readonly pool: WorkerPool<Task | undefined>;
  readonly queuedMax: number;
  #served = 0;
  #lost = 0;
  #user = 0;
  #setup: Setup | undefined;
  /** Every worker has the setup, so that it need not go with each task. */
  #settled = false;

  constructor(options: ThreadsOptions) {
    this.queuedMax = options.queuedMax;
    this.pool = new WorkerPool<Task | undefined>({
      ...options,
      messageOf: (task): WarmMessage<Setup, Task> => {
        return {user: this.#user, setup: this.#settled ? undefined : this.#setup, task};
      },
      onWorkerLost: () => {
        this.#lost++;
        this.#settled = false;
      },
    });
  }

  get isReusable(): boolean {
    return this.pool.isIdle && this.#served < usersMax;
  }

  async begin(user: number, setup: Setup): Promise<unknown> {
    this.#served++;
    this.#user = user;
    this.#setup = setup;
    this.#settled = false;
    const lost = this.#lost;
    const [description] = await this.#askAll();
    invariant(description !== undefined, 'a pool has at least one worker');
    this.#settled = lost === this.#lost;
    return description;
  }

  /** True once no worker holds anything of the user. */
  async leave(): Promise<boolean> {
    this.#user = 0;
    this.#setup = undefined;
    const left = this.#askAll().then(
      () => true,
      () => false,
    );
    return (await settlesWithin(left, leaveMsMax)) && left;
  }

  /** As many questions as workers, at once: each worker gets one. */
  #askAll(): Promise<unknown[]> {
    return Promise.all(Array.from({length: this.pool.workers}, () => this.pool.run(undefined)));
  }
}

function released(): InferenceError {
  return new InferenceError('RELEASED', 'the executable network is released');
}
