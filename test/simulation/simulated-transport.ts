import type {
  Address,
  Frame,
  Listener,
  Listening,
  SendOptions,
  Transport,
  TransportStatus,
} from '../../src/ports/transport.js';
import {StatusBoard} from '../../src/wire/status-board.js';

/** One process's way into the simulated network. */
export class SimulatedTransport implements Transport {
  readonly frameBytesMax = 2 ** 30;
  readonly #listeners = new Map<Address, readonly Listener[]>();
  readonly #status = new StatusBoard();
  readonly #send: (to: Address, frame: Frame, options: SendOptions) => void;

  constructor(send: (to: Address, frame: Frame, options: SendOptions) => void) {
    this.#send = send;
  }

  get status(): TransportStatus {
    return this.#status.status;
  }

  change(status: TransportStatus): void {
    this.#status.change(status);
  }

  listensAt(address: Address): boolean {
    return this.#listeners.has(address);
  }

  /** Addresses that somebody listens at. */
  get addresses(): readonly Address[] {
    return [...this.#listeners.keys()];
  }

  deliver(address: Address, frame: Frame): void {
    const listeners = this.#listeners.get(address) ?? [];
    const given = listeners.length === 1 ? frame : {...frame, owned: false};
    for (const listener of listeners) listener.deliver(given);
  }

  lost({from = '', token = ''}: SendOptions): void {
    for (const listener of this.#listeners.get(from) ?? []) listener.lost?.(token);
  }

  listen(address: Address, listener: Listener): Listening {
    const registered = {...listener};
    this.#listeners.set(address, [...(this.#listeners.get(address) ?? []), registered]);
    return {
      stop: () => {
        const left = (this.#listeners.get(address) ?? []).filter(each => each !== registered);
        if (left.length > 0) this.#listeners.set(address, left);
        else this.#listeners.delete(address);
      },
    };
  }

  send(to: Address, frame: Frame, options: SendOptions = {}): void {
    this.#status.checkOpen();
    this.#send(to, frame, options);
  }

  onStatus(call: (status: TransportStatus) => void): Listening {
    return this.#status.onChange(call);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#status.change('closed');
  }
}
