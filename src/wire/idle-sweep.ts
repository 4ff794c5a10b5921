import type {Timer, Timers} from '../ports/timers.js';

/** What a sweep looks at: progress clears `idle`. */
export interface Sweepable {
  idle: boolean;
}

/**
 * Ends what has made no progress for `idleMs`, and for less than twice that. One timer for all of
 * them, and none while there is nothing to look at.
 */
export class IdleSweep<T extends Sweepable> {
  #timer: Timer | undefined;
  readonly #timers: Timers;
  readonly #idleMs: number;
  readonly #entries: () => IterableIterator<T>;
  readonly #end: (entry: T) => void;

  constructor(
    timers: Timers,
    idleMs: number,
    watched: {entries: () => IterableIterator<T>; end: (entry: T) => void},
  ) {
    this.#timers = timers;
    this.#idleMs = idleMs;
    this.#entries = watched.entries;
    this.#end = watched.end;
  }

  /** To be called when an entry is added. */
  watch(): void {
    this.#timer ??= this.#timers.after(this.#idleMs, () => this.#sweep());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #sweep(): void {
    this.#timer = undefined;
    for (const entry of [...this.#entries()]) {
      if (entry.idle) this.#end(entry);
      else entry.idle = true;
    }
    if (this.#entries().next().done !== true) this.watch();
  }
}
