import {defaultPriority, type Priority} from '../../schemas/priority.js';
import {InferenceError, queueFull} from '../errors.js';
import {PriorityLine} from '../kernel/priority-line.js';
import type {RequestState} from './infer-request.js';

export interface TakeOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Default: MEDIUM. */
  readonly priority?: Priority;
}

interface Waiter {
  resolve(id: number): void;
  reject(error: InferenceError): void;
}

/** Calls that wait for an idle request; one more is refused with QUEUE_FULL. */
const waitersMax = 4096;
/** Nobody knows here how long runs take. */
const retryMs = 100;

/**
 * Requests by their place, lent out and given back. Who finds none idle waits, in the order of a
 * PriorityLine. A request that its user starts by himself is not idle for as long as it runs.
 */
export class RequestPool {
  readonly #requests: readonly {readonly state: RequestState}[];
  readonly #lent = new Set<number>();
  readonly #waiters = new PriorityLine<Waiter>();
  #onQuiet: (() => void)[] = [];
  #closed: InferenceError | undefined;

  constructor(requests: readonly {readonly state: RequestState}[]) {
    this.#requests = requests;
  }

  get idle(): boolean {
    return this.#closed === undefined && this.#waiters.size === 0 && this.#idleId() !== undefined;
  }

  /**
   * Lends the first request that is idle. Rejects with QUEUE_FULL, DEADLINE_EXCEEDED if none is idle
   * in time, CANCELLED, or what the pool was closed with.
   */
  take(options: TakeOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed);
      if (options.signal?.aborted) return reject(aborted());
      if (this.idle) return resolve(this.#lend());
      if (this.#waiters.size >= waitersMax) {
        const text = `${waitersMax} calls wait for one of ${this.#requests.length} requests already`;
        return reject(queueFull(text, retryMs));
      }
      this.#waitFor({resolve, reject}, options);
    });
  }

  giveBack(id: number): void {
    this.#lent.delete(id);
    this.changed();
  }

  /** To be called whenever a request has become idle that was not lent. */
  changed(): void {
    while (this.#waiters.size > 0) {
      if (this.#idleId() === undefined) return;
      this.#waiters.take()?.resolve(this.#lend());
    }
    if (!this.#quiet) return;
    const calls = this.#onQuiet;
    this.#onQuiet = [];
    for (const call of calls) call();
  }

  /** Settles once every request is idle and nobody waits for one. */
  async quiet(): Promise<void> {
    while (!this.#quiet) await new Promise<void>(resolve => this.#onQuiet.push(resolve));
  }

  /** Nothing is lent from now on; who waits is refused with `error`. */
  close(error: InferenceError): void {
    this.#closed = error;
    for (const waiter of [...this.#waiters]) waiter.reject(error);
    this.changed();
  }

  get #quiet(): boolean {
    const isIdle = ({state}: {readonly state: RequestState}) => state === 'IDLE';
    return this.#lent.size + this.#waiters.size === 0 && this.#requests.every(isIdle);
  }

  #idleId(): number | undefined {
    const id = this.#requests.findIndex(({state}, at) => state === 'IDLE' && !this.#lent.has(at));
    return id < 0 ? undefined : id;
  }

  #lend(): number {
    const id = this.#idleId() ?? 0;
    this.#lent.add(id);
    return id;
  }

  #waitFor({resolve, reject}: Waiter, options: TakeOptions): void {
    const {timeoutMs, signal, priority = defaultPriority} = options;
    const left = () => {
      this.#waiters.delete(waiter);
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const waiter: Waiter = {
      resolve(id) {
        left();
        resolve(id);
      },
      reject(error) {
        left();
        reject(error);
      },
    };
    const abort = () => this.#leave(waiter, aborted());
    const timer = setTimeout(() => {
      const text = `none of ${this.#requests.length} requests was idle within ${timeoutMs} ms`;
      this.#leave(waiter, new InferenceError('DEADLINE_EXCEEDED', text));
    }, timeoutMs);
    signal?.addEventListener('abort', abort, {once: true});
    this.#waiters.add(waiter, priority);
  }

  #leave(waiter: Waiter, error: InferenceError): void {
    waiter.reject(error);
    this.changed();
  }
}

function aborted(): InferenceError {
  return new InferenceError('CANCELLED', 'aborted before the start');
}
