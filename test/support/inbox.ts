import type {Frame, Listener} from '../../src/ports/transport.js';

/** A listener that keeps what it is told and hands it out in order, waiting where it must. */
export class Inbox implements Listener {
  readonly frames = new Sequence<Frame>();
  readonly losses = new Sequence<string>();
  readonly drops = new Sequence<string>();

  deliver(frame: Frame): void {
    this.frames.add(frame);
  }

  lost(token: string): void {
    this.losses.add(token);
  }

  dropped(reason: string): void {
    this.drops.add(reason);
  }
}

/** Values that arrive one by one. */
export class Sequence<T> {
  readonly arrived: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];
  #taken = 0;

  add(value: T): void {
    this.arrived.push(value);
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      this.#taken += 1;
      waiting(value);
    }
  }

  /** The next that nobody took yet. */
  async next(): Promise<T> {
    if (this.#taken < this.arrived.length) {
      const [value] = this.arrived.slice(this.#taken, ++this.#taken);
      return value as T;
    }
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  async take(count: number): Promise<readonly T[]> {
    const values: T[] = [];
    while (values.length < count) values.push(await this.next());
    return values;
  }
}
