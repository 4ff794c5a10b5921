const deliveriesMax = 65_536;

/**
 * Calls to make later in the order they were added, a batch in each turn of the event loop: never
 * inside the caller, and never so long that sockets starve, however often they add to the queue.
 */
export class DeliveryQueue {
  #calls: (() => void)[] = [];
  #scheduled = false;

  /** False if the queue is full; the call is not made then. */
  add(call: () => void): boolean {
    if (this.#calls.length >= deliveriesMax) return false;
    this.#calls.push(call);
    this.#schedule();
    return true;
  }

  /** Settles when all that is queued now has been called. */
  drained(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve));
  }

  clear(): void {
    this.#calls = [];
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#callAll();
    });
  }

  #callAll(): void {
    const calls = this.#calls;
    this.#calls = [];
    let called = 0;
    try {
      for (const call of calls) {
        called += 1;
        call();
      }
    } finally {
      // A listener that threw is a programmer's error; the others' deliveries are made all the same.
      if (called < calls.length) this.#calls = [...calls.slice(called), ...this.#calls];
      if (this.#calls.length > 0) this.#schedule();
    }
  }
}
