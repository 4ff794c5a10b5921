import type {Timer, Timers} from '../../src/ports/timers.js';

/** Timers whose time passes when a test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  #pending: {readonly dueMs: number; readonly call: () => void}[] = [];

  get pending(): number {
    return this.#pending.length;
  }

  after(delayMs: number, call: () => void): Timer {
    const entry = {dueMs: this.#now + delayMs, call};
    this.#pending.push(entry);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter(other => other !== entry);
      },
    };
  }

  /** Makes the calls that fall due, in their order. */
  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (;;) {
      const [next] = this.#pending
        .filter(entry => entry.dueMs <= until)
        .sort((one, other) => one.dueMs - other.dueMs);
      if (next === undefined) break;
      this.#pending = this.#pending.filter(entry => entry !== next);
      this.#now = next.dueMs;
      next.call();
    }
    this.#now = until;
  }
}
