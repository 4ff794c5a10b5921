import {InferenceError} from '../errors.js';
import type {Listening, TransportStatus} from '../ports/transport.js';

/** A transport's status and who is told of its changes. */
export class StatusBoard {
  #status: TransportStatus = 'connected';
  readonly #calls = new Set<(status: TransportStatus) => void>();

  get status(): TransportStatus {
    return this.#status;
  }

  onChange(call: (status: TransportStatus) => void): Listening {
    this.#calls.add(call);
    return {stop: () => this.#calls.delete(call)};
  }

  /** Once closed, it stays closed. */
  change(status: TransportStatus): void {
    if (this.#status === status || this.#status === 'closed') return;
    this.#status = status;
    for (const call of [...this.#calls]) call(status);
  }

  /** Throws InferenceError CONNECTION_LOST once closed. */
  checkOpen(): void {
    if (this.#status !== 'closed') return;
    throw new InferenceError('CONNECTION_LOST', 'Expected an open transport: it has been closed.');
  }
}
