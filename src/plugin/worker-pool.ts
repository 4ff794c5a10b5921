import {Piscina} from 'piscina';
import {InferenceError, queueFull} from '../errors.js';
import {type Reply, unwrapReply} from './reply.js';
import {settlesWithin} from './settles-within.js';

export interface WorkerPoolOptions<Task> {
  /** The module that each worker loads; it exports a promise of its function as `handle`. */
  readonly module: URL;
  readonly workers: number;
  /** Tasks that wait for a worker. */
  readonly queuedMax: number;
  /** Given to each worker when it starts. */
  readonly workerData?: unknown;
  /** How long `close` waits for what runs. Default: 5 s. */
  readonly closeMsMax?: number;
  /** What a worker is sent for a task, made once a worker is free. Default: the task. */
  readonly messageOf?: (task: Task) => unknown;
  /** A worker has ended; another takes its place. */
  readonly onWorkerLost?: () => void;
}

const closeMsMaxDefault = 5000;
/** Tasks are not measured here. */
const retryMs = 100;
/** How long a worker may take to end; native code cannot be interrupted, and may never return. */
const terminateMsMax = 2000;

interface Job<Task> {
  readonly task: Task;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Worker threads that each run one task at a time. What waits is kept here and not in piscina, whose
 * queue loses its tasks when no worker can be started, and whose close() may end busy workers.
 */
export class WorkerPool<Task> {
  readonly workers: number;
  readonly #piscina: Piscina;
  readonly #queuedMax: number;
  readonly #closeMsMax: number;
  readonly #messageOf: (task: Task) => unknown;
  readonly #waiting: Job<Task>[] = [];
  readonly #running = new Set<Job<Task>>();
  #dead = false;
  #closed: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(options: WorkerPoolOptions<Task>) {
    const {module, workers, queuedMax, workerData, closeMsMax} = options;
    this.workers = workers;
    this.#messageOf = options.messageOf ?? (task => task);
    this.#queuedMax = queuedMax;
    this.#closeMsMax = closeMsMax ?? closeMsMaxDefault;
    this.#piscina = new Piscina({
      filename: module.href,
      name: 'handle',
      minThreads: workers,
      maxThreads: workers,
      workerData,
      // Waiting on Atomics would stop a worker's event loop, and measures no faster.
      atomics: 'disabled',
      recordTiming: false,
    });
    // An idle worker that ended has been replaced; the next task tells if that failed.
    this.#piscina.on('error', () => {});
    this.#piscina.on('workerDestroy', () => {
      if (this.#closed === undefined) options.onWorkerLost?.();
      setImmediate(() => this.#failIfDead());
    });
  }

  /** Nothing runs or waits, and it takes tasks. */
  get isIdle(): boolean {
    return this.#running.size === 0 && !this.#dead && this.#closed === undefined;
  }

  /**
   * Rejects with what the task failed with, DEVICE_LOST if its worker ended, QUEUE_FULL, or RELEASED
   * once closed; with a DataCloneError if `transfer` holds a buffer that cannot be given away.
   */
  run<Value>(task: Task, transfer: readonly ArrayBuffer[] = []): Promise<Value> {
    if (this.#closed !== undefined) return Promise.reject(released());
    if (this.#dead) return Promise.reject(lost());
    return new Promise<unknown>((resolve, reject) => {
      const job = {task, transfer, resolve, reject};
      if (this.#running.size < this.workers) this.#start(job);
      else if (this.#waiting.length < this.#queuedMax) this.#waiting.push(job);
      else reject(queueFull(`${this.#queuedMax} tasks are waiting already`, retryMs));
    }) as Promise<Value>;
  }

  /**
   * Settles what runs, rejects what waits with RELEASED, then ends the workers. A task that does not
   * end in time is lost with its worker; a thread that is stuck in native code stays behind.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const job of this.#waiting.splice(0)) job.reject(released());
    if (this.#running.size > 0) await settlesWithin(this.#drain(), this.#closeMsMax);
    await settlesWithin(this.#piscina.destroy(), terminateMsMax);
    this.#loseRunning();
  }

  #drain(): Promise<void> {
    return new Promise(resolve => {
      this.#drained = resolve;
    });
  }

  #loseRunning(): void {
    for (const job of this.#running) job.reject(lost());
    this.#running.clear();
  }

  #start(job: Job<Task>): void {
    this.#running.add(job);
    this.#piscina.run(this.#messageOf(job.task), {transferList: [...job.transfer]}).then(
      (reply: Reply<unknown>) => this.#settle(job, () => unwrapReply(reply)),
      error => this.#settle(job, () => fail(error)),
    );
  }

  #settle(job: Job<Task>, outcome: () => unknown): void {
    if (!this.#running.delete(job)) return;
    try {
      job.resolve(outcome());
    } catch (error) {
      job.reject(error);
    }
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
    else if (this.#running.size === 0) this.#drained?.();
  }

  /** Once a replaced worker has failed to start, piscina starts no other, and its tasks would hang. */
  #failIfDead(): void {
    if (this.#closed !== undefined || this.#piscina.threads.length > 0) return;
    this.#dead = true;
    for (const job of this.#waiting.splice(0)) job.reject(lost());
    this.#loseRunning();
  }
}

function fail(error: unknown): never {
  if (error instanceof DOMException && error.name === 'DataCloneError') throw error;
  throw lost(error);
}

function lost(cause?: unknown): InferenceError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new InferenceError('DEVICE_LOST', `the worker ended${why}`, {}, {cause});
}

function released(): InferenceError {
  return new InferenceError('RELEASED', 'the executable network is released');
}
