import type {Timer, Timers} from '../ports/timers.js';

/** A kernel that has run for so long since somebody complained does not end by itself. */
const stuckMs = 10_000;

interface Entry {
  readonly owner: object;
}

/**
 * Inferences that wait for each other's kernels, in the order in which they came: the first `slots` of
 * them run. What takes long may only be waiting, and must not be taken for a kernel that does not end.
 */
export class KernelLine {
  readonly #timers: Timers;
  readonly #slots: number;
  /** Oldest first. */
  readonly #inside = new Set<Entry>();
  readonly #watches = new Map<object, Timer>();

  constructor(timers: Timers, slots = 1) {
    this.#timers = timers;
    this.#slots = slots;
  }

  /** `owner`: whose inference it is. */
  async run<Result>(owner: object, infer: () => Promise<Result>): Promise<Result> {
    const entry = {owner};
    this.#inside.add(entry);
    try {
      return await infer();
    } finally {
      this.#inside.delete(entry);
      if (!this.#isInside(owner)) this.#rest(owner);
    }
  }

  /** Calls `onStuck` once a kernel of `owner` runs on for long from now; not if all of his end. */
  watch(owner: object, onStuck: () => void): void {
    if (this.#watches.has(owner) || !this.#isInside(owner)) return;
    const running = [...this.#inside].slice(0, this.#slots).filter(each => each.owner === owner);
    const timer = this.#timers.after(stuckMs, () => {
      this.#watches.delete(owner);
      if (running.some(each => this.#inside.has(each))) onStuck();
      else this.watch(owner, onStuck);
    });
    this.#watches.set(owner, timer);
  }

  #isInside(owner: object): boolean {
    for (const each of this.#inside) if (each.owner === owner) return true;
    return false;
  }

  #rest(owner: object): void {
    this.#watches.get(owner)?.cancel();
    this.#watches.delete(owner);
  }
}
