import type {Timer, Timers} from '../ports/timers.js';

/** As long as an inference of the line ends within this time, the line moves. */
const stuckMs = 10_000;

/**
 * Inferences that wait for each other's kernels, seen from outside: which of them run is not known. One
 * that takes long may only be waiting, so what tells a kernel that does not end is that none ends.
 */
export class KernelLine {
  readonly #timers: Timers;
  #inside = 0;
  #ended = 0;
  #watch: Timer | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  async run<Result>(infer: () => Promise<Result>): Promise<Result> {
    this.#inside++;
    try {
      return await infer();
    } finally {
      this.#inside--;
      this.#ended++;
      if (this.#inside === 0) this.#rest();
    }
  }

  /** Calls `onStuck`, once, when nothing has ended for long; never if all that is inside ends. */
  watch(onStuck: () => void): void {
    if (this.#inside === 0) return;
    const ended = this.#ended;
    this.#watch ??= this.#timers.after(stuckMs, () => {
      this.#watch = undefined;
      if (this.#ended === ended) onStuck();
      else this.watch(onStuck);
    });
  }

  #rest(): void {
    this.#watch?.cancel();
    this.#watch = undefined;
  }
}
