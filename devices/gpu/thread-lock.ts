import {InferenceError} from '../../src/errors.js';

/** A device that keeps a thread waiting for longer is taken for stuck. */
const waitMsMax = 60_000;

const [free, held] = [0, 1];

/** Lets one piece of work at a time pass, of all threads of this process that share `memory`. */
export class ThreadLock {
  readonly #state: Int32Array;
  #last: Promise<unknown> = Promise.resolve();

  constructor(memory: SharedArrayBuffer) {
    this.#state = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  /** Settles as `work` does; rejects with DEVICE_LOST if nothing passes for a minute. */
  hold<Value>(work: () => Promise<Value>): Promise<Value> {
    // Work of this thread waits here: the thread that stands still below could not end it.
    const next = this.#last.then(() => this.#alone(work));
    this.#last = next.catch(() => {});
    return next;
  }

  async #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    while (Atomics.compareExchange(this.#state, 0, free, held) !== free) {
      if (Atomics.wait(this.#state, 0, held, waitMsMax) !== 'timed-out') continue;
      throw new InferenceError('DEVICE_LOST', `the GPU has been stuck for ${waitMsMax / 1000} s`);
    }
    try {
      return await work();
    } finally {
      Atomics.store(this.#state, 0, free);
      Atomics.notify(this.#state, 0, 1);
    }
  }
}
