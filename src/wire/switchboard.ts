import {type InferenceError, queueFull} from '../errors.js';
import type {Address, Frame, Listener, Listening, SendOptions} from '../ports/transport.js';
import {checkAddress} from './address.js';
import {DeliveryQueue} from './delivery-queue.js';

/** Deliveries are not measured. */
const retryMs = 10;

/** One call of `listen`: the same listener may listen at an address twice. */
interface Registration {
  readonly listener: Listener;
}

/** Who listens where in this process, and delivery to them by reference. */
export class Switchboard {
  readonly #registrations = new Map<Address, Set<Registration>>();
  readonly #queue = new DeliveryQueue();

  has(address: Address): boolean {
    return this.#registrations.has(address);
  }

  /** Throws InferenceError INVALID_ARGUMENT for what is no address. */
  listen(address: Address, listener: Listener): Listening {
    checkAddress(address);
    const here = this.#registrations.get(address) ?? new Set();
    const registration = {listener};
    here.add(registration);
    this.#registrations.set(address, here);
    return {
      stop: () => {
        here.delete(registration);
        if (here.size > 0 || this.#registrations.get(address) !== here) return;
        this.#registrations.delete(address);
      },
    };
  }

  /**
   * Delivers in a later turn of the event loop; tells the sender if nobody listens by then. Throws
   * QUEUE_FULL.
   */
  post(to: Address, frame: Frame, options: SendOptions = {}): void {
    const queued = this.#queue.add(() => {
      if (this.has(to)) this.deliver(to, frame);
      else this.lost(options);
    });
    if (!queued) throw queueFull(`too many frames between actors wait for one to ${to}`, retryMs);
  }

  /** Delivers now. */
  deliver(to: Address, frame: Frame): void {
    const listeners = this.#at(to);
    // Several hold the same buffers, so none may give them away.
    const given = listeners.length === 1 ? frame : {...frame, owned: false};
    for (const listener of listeners) listener.deliver(given);
  }

  /** Tells the sender, if it asked for that, that its frame reached nobody, or was refused. */
  lost({from, token}: SendOptions, refusal?: InferenceError): void {
    if (from === undefined || token === undefined) return;
    for (const listener of this.#at(from)) listener.lost?.(token, refusal);
  }

  /** As `lost`, in a later turn of the event loop. */
  postLost(options: SendOptions): void {
    this.#queue.add(() => this.lost(options));
  }

  drop(to: Address, reason: string): void {
    for (const listener of this.#at(to)) listener.dropped?.(reason);
  }

  drained(): Promise<void> {
    return this.#queue.drained();
  }

  /** Nothing is delivered from here on. */
  clear(): void {
    this.#queue.clear();
    this.#registrations.clear();
  }

  /** Those who listen now: a delivery may change who does. */
  #at(address: Address): readonly Listener[] {
    return Array.from(this.#registrations.get(address) ?? [], ({listener}) => listener);
  }
}
