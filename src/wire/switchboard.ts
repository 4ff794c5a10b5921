import type {Address, Frame, Listener, Listening, SendOptions} from '../ports/transport.js';
import {checkAddress} from './address.js';
import {DeliveryQueue} from './delivery-queue.js';

/** Who listens where in this process, and delivery to them by reference. */
export class Switchboard {
  readonly #listeners = new Map<Address, Set<Listener>>();
  readonly #queue = new DeliveryQueue();

  has(address: Address): boolean {
    return this.#listeners.has(address);
  }

  /** Throws InferenceError INVALID_ARGUMENT for what is no address. */
  listen(address: Address, listener: Listener): Listening {
    checkAddress(address);
    const listeners = this.#listeners.get(address) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(address, listeners);
    return {
      stop: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && this.#listeners.get(address) === listeners) {
          this.#listeners.delete(address);
        }
      },
    };
  }

  /** Delivers in a later turn of the event loop; tells the sender if nobody listens by then. */
  post(to: Address, frame: Frame, options: SendOptions = {}): void {
    const queued = this.#queue.add(() => {
      if (this.has(to)) this.deliver(to, frame);
      else this.lost(options);
    });
    if (!queued) this.drop(to, 'the queue between actors of this process is full');
  }

  /** Delivers now. */
  deliver(to: Address, frame: Frame): void {
    const listeners = this.#listeners.get(to);
    if (listeners === undefined) return;
    if (listeners.size === 1) {
      for (const listener of listeners) listener.deliver(frame);
      return;
    }
    // Each holds the same buffers, so none may give them away.
    const held = {...frame, owned: false};
    for (const listener of [...listeners]) listener.deliver(held);
  }

  /** Tells the sender, if it asked for that, that its frame reached nobody. */
  lost({from, token}: SendOptions): void {
    if (from === undefined || token === undefined) return;
    for (const listener of [...(this.#listeners.get(from) ?? [])]) listener.lost?.(token);
  }

  /** As `lost`, in a later turn of the event loop. */
  postLost(options: SendOptions): void {
    this.#queue.add(() => this.lost(options));
  }

  drop(to: Address, reason: string): void {
    for (const listener of [...(this.#listeners.get(to) ?? [])]) listener.dropped?.(reason);
  }

  drained(): Promise<void> {
    return this.#queue.drained();
  }

  /** Nothing is delivered from here on. */
  clear(): void {
    this.#queue.clear();
    this.#listeners.clear();
  }
}
