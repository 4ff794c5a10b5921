import {Events, type Msg, type NatsConnection} from 'nats';
import {InferenceError} from '../errors.js';
import type {Timer, Timers} from '../ports/timers.js';
import type {Listening} from '../ports/transport.js';
import {announce, type NatsService} from './nats-service.js';
import {OutboundWindow} from './outbound-window.js';
import {StatusBoard} from './status-board.js';

/** Published and not yet taken by the server. */
const outboundBytesMax = 512 * 2 ** 20;
const closeTimeoutMs = 2_000;

/** A message in the client's own buffers: whoever keeps it, copies it, unless they are `exclusive`. */
export interface NatsMessage {
  readonly data: Uint8Array;
  /** Nobody else holds the buffer of `data`. */
  readonly exclusive: boolean;
  /** Decoded on demand only. */
  readonly subject: string;
  readonly reply: string;
  /** The server says that nobody listens where a message with this reply subject went. */
  readonly noResponders: boolean;
}

/** A NATS connection with bounded buffers, a status, and listeners that cannot break it. */
export class NatsLink {
  readonly status = new StatusBoard();
  readonly #connection: NatsConnection;
  readonly #timers: Timers;
  readonly #window: OutboundWindow;
  #closed: Promise<void> | undefined;

  constructor(connection: NatsConnection, timers: Timers) {
    this.#connection = connection;
    this.#timers = timers;
    this.#window = new OutboundWindow(outboundBytesMax, () => connection.flush());
    void this.#watchStatus();
    void connection.closed().then(() => this.status.change('closed'));
  }

  /** Bytes of the largest message that the server takes; undefined while there is no server. */
  get messageBytesMax(): number | undefined {
    return this.#connected() ? this.#connection.info?.max_payload : undefined;
  }

  listen(
    subject: string,
    on: {message: (message: NatsMessage) => void; error?: (reason: string) => void},
  ): Listening {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (this.status.status === 'closed') return;
        if (error === null) guarded(() => on.message(view(message)));
        else guarded(() => on.error?.(error.message));
      },
    });
    return {
      stop: () => {
        if (!this.#connection.isClosed()) subscription.unsubscribe();
      },
    };
  }

  /** False, and nothing is sent, while disconnected or when the server is far behind. */
  publish(subject: string, bytes: Uint8Array, reply?: string): boolean {
    if (!this.#connected() || !this.#window.hasRoom(bytes.length)) return false;
    this.#window.add(bytes.length);
    this.#connection.publish(subject, bytes, reply === undefined ? {} : {reply});
    return true;
  }

  announce(subject: string, service: NatsService): Promise<void> {
    return announce(this.#connection, subject, service);
  }

  /** Rejects with InferenceError CONNECTION_LOST. */
  async flush(): Promise<void> {
    try {
      await this.#connection.flush();
    } catch {
      throw new InferenceError('CONNECTION_LOST', 'Expected an answer of the NATS server.');
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const connected = this.#connected();
    this.status.change('closed');
    if (connected) await this.#drain();
    await this.#connection.close();
  }

  /** What was published reaches the server, if that can be within the time. */
  async #drain(): Promise<void> {
    let timer: Timer | undefined;
    const late = new Promise<void>(resolve => {
      timer = this.#timers.after(closeTimeoutMs, resolve);
    });
    await Promise.race([this.#connection.drain().catch(() => undefined), late]);
    timer?.cancel();
  }

  #connected(): boolean {
    return this.status.status === 'connected' && !this.#connection.isClosed();
  }

  async #watchStatus(): Promise<void> {
    for await (const {type} of this.#connection.status()) {
      if (type === Events.Disconnect) {
        this.#window.clear();
        guarded(() => this.status.change('disconnected'));
      }
      if (type === Events.Reconnect) guarded(() => this.status.change('connected'));
    }
  }
}

/** An error thrown inside the client would end its reading, unseen; outside, it ends the process. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function view(message: Msg): NatsMessage {
  const {data} = message;
  return {
    data,
    // A message that came in one read is a part of it, behind its protocol line; only one put
    // together from several reads has a buffer of its own, and starts it.
    exclusive: data.byteOffset === 0,
    get subject() {
      return message.subject;
    },
    get reply() {
      return message.reply ?? '';
    },
    get noResponders() {
      return data.length === 0 && message.headers?.code === 503;
    },
  };
}
