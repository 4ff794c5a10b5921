interface Happening {
  readonly at: number;
  readonly order: number;
  call: (() => void) | undefined;
}

/** Everything that is going to happen, by virtual time, then in the order in which it was added. */
export class EventQueue {
  /** A binary heap: no entry comes before its parent, at half its place. */
  readonly #heap: Happening[] = [];
  #added = 0;
  #now = 0;

  /** Virtual milliseconds, on no process's clock. */
  get now(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): {cancel(): void} {
    const happening: Happening = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#added++,
      call,
    };
    this.#heap.push(happening);
    this.#raise(this.#heap.length - 1);
    return {
      cancel: () => {
        happening.call = undefined;
      },
    };
  }

  /** Lets the next thing happen that is due by `until`; false if there is none, and it is `until`. */
  step(until: number): boolean {
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (next.at > until) break;
      this.#takeFirst();
      if (next.call === undefined) continue;
      this.#now = next.at;
      next.call();
      return true;
    }
    this.#now = Math.max(this.#now, until);
    return false;
  }

  #raise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      if (this.#isBefore(2 * at + 1, least)) least = 2 * at + 1;
      if (this.#isBefore(2 * at + 2, least)) least = 2 * at + 2;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left === undefined || right === undefined) return false;
    return left.at < right.at || (left.at === right.at && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#heap[a], this.#heap[b]];
    if (left === undefined || right === undefined) return;
    this.#heap[a] = right;
    this.#heap[b] = left;
  }
}
