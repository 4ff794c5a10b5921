import {InferenceError} from '../../src/errors.js';
import type {Random} from '../../src/ports/random.js';
import type {StateStore, Stored} from '../../src/ports/state-store.js';
import type {Timers} from '../../src/ports/timers.js';

/** A way to a store that takes its time, on virtual time, and may be cut. */
export class SlowStateStore implements StateStore {
  readonly #inner: StateStore;
  readonly #timers: Timers;
  readonly #random: Random;
  /** Each call is done after so long, and answered after so long again. */
  delayMsMin = 0;
  delayMsMax = 0;
  /** Calls fail, some of them after they were done. */
  failing = false;
  /** Calls never end. */
  hanging = false;

  constructor(inner: StateStore, timers: Timers, random: Random) {
    this.#inner = inner;
    this.#timers = timers;
    this.#random = random;
  }

  get(key: string): Promise<Stored | undefined> {
    return this.#call(() => this.#inner.get(key));
  }

  put(key: string, value: unknown, revision: number): Promise<number | undefined> {
    return this.#call(() => this.#inner.put(key, value, revision));
  }

  delete(key: string): Promise<void> {
    return this.#call(() => this.#inner.delete(key));
  }

  keys(prefix: string): Promise<readonly string[]> {
    return this.#call(() => this.#inner.keys(prefix));
  }

  async close(): Promise<void> {}

  async #call<T>(call: () => Promise<T>): Promise<T> {
    if (this.hanging) return new Promise(() => {});
    await this.#delay();
    if (this.failing && this.#random.next() < 0.5) throw unavailable();
    const result = await call();
    await this.#delay();
    if (this.failing) throw unavailable();
    return result;
  }

  async #delay(): Promise<void> {
    if (this.delayMsMax === 0) return;
    const delayMs = this.delayMsMin + this.#random.next() * (this.delayMsMax - this.delayMsMin);
    await new Promise<void>(resolve => {
      this.#timers.after(delayMs, resolve);
    });
  }
}

function unavailable(): InferenceError {
  return new InferenceError('STORE_UNAVAILABLE', 'the store does not answer');
}
