import type {Clock} from '../../src/ports/clock.js';
import type {Timer, Timers} from '../../src/ports/timers.js';

interface Due {
  readonly at: number;
  readonly call: () => void;
}

/** A clock and timers that stand still until a test moves them. */
export class VirtualTime implements Clock, Timers {
  readonly #due = new Set<Due>();
  #now = 1000;

  now(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): Timer {
    const due = {at: this.#now + Math.max(delayMs, 0), call};
    this.#due.add(due);
    return {cancel: () => this.#due.delete(due)};
  }

  /** Timers that have neither been called nor cancelled. */
  get pending(): number {
    return this.#due.size;
  }

  /** Moves to the next timer due by `until`, calls it, and says so; else moves to `until`. */
  step(until: number): boolean {
    let next: Due | undefined;
    for (const due of this.#due) {
      if (due.at > until) continue;
      if (next === undefined || due.at < next.at) next = due;
    }
    if (next === undefined) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#due.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.call();
    return true;
  }

  /** Calls what falls due within `ms`, in order of time, then of arming. */
  advance(ms: number): void {
    const until = this.#now + ms;
    while (this.step(until));
  }
}
