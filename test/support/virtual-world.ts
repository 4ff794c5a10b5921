import type {NamedTensors} from '../../schemas/tensor.js';
import type {World} from '../../src/kernel/actor-system.js';
import type {Log, LogLevel} from '../../src/ports/log.js';
import type {
  Address,
  Frame,
  Listener,
  Listening,
  SendOptions,
  Transport,
  TransportStatus,
} from '../../src/ports/transport.js';
import {createLocalTransport} from '../../src/wire/local-transport.js';
import {SeededRandom} from './seeded-random.js';
import {VirtualTime} from './virtual-time.js';

/** A frame that an actor sent. */
export interface Sent {
  readonly to: Address;
  readonly message: unknown;
  readonly tensors: NamedTensors;
  readonly owned: boolean;
  readonly token: string | undefined;
}

interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * A world for an ActorSystem in which time moves only when a test says so. The transport is the one
 * inside a process; what it carries is kept in `transport.sent`.
 */
export class VirtualWorld implements World {
  readonly clock = new VirtualTime();
  readonly timers = this.clock;
  readonly transport: WatchedTransport;
  readonly log = new KeptLog();
  readonly random = new SeededRandom(1);

  constructor(options: {readonly frameBytesMax?: number} = {}) {
    this.transport = new WatchedTransport(createLocalTransport(options));
  }

  /** Until every frame is delivered and every promise that was ready has been followed. */
  async settle(): Promise<void> {
    let sent: number;
    do {
      sent = this.transport.sent.length;
      await this.transport.flush();
      await this.transport.flush();
    } while (this.transport.sent.length > sent);
  }

  /** Lets `ms` pass: timers are called when they are due, with time to settle after each. */
  async advance(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.settle();
    while (this.clock.step(until)) await this.settle();
  }
}

class KeptLog implements Log {
  readonly lines: Line[] = [];

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({level, message, fields});
  }
}

class WatchedTransport implements Transport {
  readonly sent: Sent[] = [];
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  get frameBytesMax(): number {
    return this.#inner.frameBytesMax;
  }

  listen(address: Address, listener: Listener): Listening {
    return this.#inner.listen(address, listener);
  }

  send(to: Address, frame: Frame, options?: SendOptions): void {
    this.#inner.send(to, frame, options);
    this.sent.push({to, ...frame, token: options?.token});
  }

  /** The messages that went to an address, oldest first. */
  sentTo(to: Address): readonly unknown[] {
    return this.sent.filter(sent => sent.to === to).map(({message}) => message);
  }

  onStatus(call: (status: TransportStatus) => void): Listening {
    return this.#inner.onStatus(call);
  }

  flush(): Promise<void> {
    return this.#inner.flush();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
