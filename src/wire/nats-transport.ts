import {nuid} from 'nats';
import {InferenceError, invariant, queueFull} from '../errors.js';
import type {Metric} from '../ports/metrics.js';
import type {Timers} from '../ports/timers.js';
import type {
  Address,
  Frame,
  Listener,
  Listening,
  SendOptions,
  Transport,
  TransportStatus,
} from '../ports/transport.js';
import {isAddress, isBroadcast} from './address.js';
import {ChunkLane} from './chunk-lane.js';
import {decodeFrame, encodeFrame} from './frame-codec.js';
import {LaneCounters} from './lane-counters.js';
import {checkFrame, defaultFrameBytesMax} from './local-transport.js';
import {openNatsConnection} from './nats-connection.js';
import {NatsLink, type NatsMessage} from './nats-link.js';
import type {NatsOptions} from './nats-options.js';
import type {NatsService} from './nats-service.js';
import {NatsSubjects} from './nats-subjects.js';
import {permissionRefused} from './permission-refused.js';
import {Switchboard} from './switchboard.js';
import {isOffer} from './transfer-messages.js';

export interface NatsTransportOptions extends NatsOptions {
  readonly frameBytesMax?: number;
  /** Bytes of frames under way in chunks, each way, in this process. */
  readonly transferBytesMax?: number;
  /** A frame under way in chunks without progress for this long is dropped. */
  readonly transferIdleMs?: number;
  readonly timers: Timers;
}

/** A transport that `nats micro` can be told of. */
export interface NatsTransport extends Transport {
  /**
   * Settles once the server knows where this process listens. Rejects with INVALID_CONFIG_VALUE if
   * its permissions keep this user from listening somewhere: nobody would be heard there.
   */
  checkListening(): Promise<void>;
  /** Answers `$SRV.PING`, `INFO` and `STATS` from here on, until it is closed. */
  announce(service: NatsService): Promise<void>;
}

const defaultTransferIdleMs = 5_000;
/** What is under way ends when its receivers wish. */
const retryMs = 100;

/**
 * A transport over NATS core messages. A frame to an address of this process is delivered by
 * reference and stays in it, unless the address is under `all.`. While the connection is lost,
 * frames are dropped, and those sent with a token are told to be lost.
 *
 * Rejects with InferenceError NO_SERVER if no server answers in time, and with INVALID_CONFIG_VALUE
 * for options that cannot be or that the server refuses.
 */
export async function connectNats(options: NatsTransportOptions): Promise<NatsTransport> {
  // Without an echo, a broadcast reaches this process by reference only.
  const connection = await openNatsConnection(options, {noEcho: true});
  return new ConnectedTransport(new NatsLink(connection, options.timers), options);
}

/** This connection's name in its subjects, below its identity. */
function peerOf({identity}: NatsOptions): string {
  return identity === undefined ? nuid.next() : `${identity}.${nuid.next()}`;
}

class ConnectedTransport implements NatsTransport {
  readonly frameBytesMax: number;
  readonly #link: NatsLink;
  readonly #subjects: NatsSubjects;
  readonly #board = new Switchboard();
  readonly #lane: ChunkLane;
  readonly #listening = new Map<Address, Listening>();
  readonly #counters = new LaneCounters();
  /** What the server said when it let nobody listen at an address. */
  #refusal: string | undefined;

  constructor(link: NatsLink, options: NatsTransportOptions) {
    this.frameBytesMax = options.frameBytesMax ?? defaultFrameBytesMax;
    this.#link = link;
    this.#subjects = new NatsSubjects(options.cluster, peerOf(options));
    this.#lane = new ChunkLane(
      link,
      this.#subjects,
      {
        arrived: (address, data) => {
          this.#counters.count('chunked', 'received', data.length);
          this.#receive(address, data, true);
        },
        dropped: (address, reason) => this.#board.drop(address, reason),
        lost: (sender, refused) => this.#board.lost(sender, refused ? refusal() : undefined),
      },
      {
        frameBytesMax: this.frameBytesMax,
        bytesMax: options.transferBytesMax ?? 2 * this.frameBytesMax,
        idleMs: options.transferIdleMs ?? defaultTransferIdleMs,
        timers: options.timers,
      },
    );
    link.listen(this.#subjects.allLost, {message: message => this.#onLost(message)});
    link.status.onChange(status => this.#onStatus(status));
  }

  listen(address: Address, listener: Listener): Listening {
    this.#link.status.checkOpen();
    const listening = this.#board.listen(address, listener);
    if (!this.#listening.has(address)) this.#subscribe(address);
    return {
      stop: () => {
        listening.stop();
        if (!this.#board.has(address)) this.#unsubscribe(address);
      },
    };
  }

  send(to: Address, frame: Frame, options: SendOptions = {}): void {
    this.#link.status.checkOpen();
    const {token = '-'} = options;
    invariant(/^[A-Za-z0-9_-]+$/.test(token), 'a token is letters, digits, - and _');
    const here = this.#board.has(to);
    if (here) {
      const bytes = checkFrame(frame, this.frameBytesMax);
      this.#board.post(to, frame, options);
      this.#counters.passed(bytes);
      if (!isBroadcast(to)) return;
    }
    const sent = this.#sendOut(to, frame, here ? {} : options);
    if (!sent && !here) this.#board.postLost(options);
  }

  onStatus(call: (status: TransportStatus) => void): Listening {
    return this.#link.status.onChange(call);
  }

  async flush(): Promise<void> {
    await Promise.all([this.#board.drained(), this.#lane.settled()]);
    await this.#link.flush();
  }

  async checkListening(): Promise<void> {
    await this.flush();
    if (this.#refusal === undefined) return;
    throw permissionRefused('to let this user listen where it must', this.#refusal);
  }

  announce(service: NatsService): Promise<void> {
    return this.#link.announce(this.#subjects.metrics, service);
  }

  metrics(): readonly Metric[] {
    return this.#counters.metrics();
  }

  close(): Promise<void> {
    // While the senders of large frames can still be told that they will not arrive.
    this.#lane.abort();
    return this.#link.close();
  }

  /**
   * False if it can reach nobody: there is no server, or it is no address. Throws QUEUE_FULL where too
   * much is under way already: that says nothing of who is at `to`.
   */
  #sendOut(to: Address, frame: Frame, options: SendOptions): boolean {
    const {messageBytesMax} = this.#link;
    const reachable = isAddress(to) && messageBytesMax !== undefined;
    // Looked at first: a frame that has to wait its turn is not encoded each time.
    const least = reachable ? tensorBytes(frame) : 0;
    if (reachable && least > messageBytesMax && !this.#lane.hasRoom(least)) throw full(to);
    const bytes = encodeFrame(frame, this.frameBytesMax);
    if (!reachable) return false;
    const chunked = bytes.length > messageBytesMax;
    const sent = chunked
      ? this.#lane.send(to, bytes, options)
      : this.#link.publish(this.#subjects.address(to), bytes, this.#subjects.lost(options));
    if (!sent) throw full(to);
    this.#counters.count(chunked ? 'chunked' : 'inline', 'sent', bytes.length);
    return true;
  }

  #subscribe(address: Address): void {
    const listening = this.#link.listen(this.#subjects.address(address), {
      message: ({data, exclusive}) => {
        if (!isOffer(data)) this.#counters.count('inline', 'received', data.length);
        this.#receive(address, data, exclusive);
      },
      error: reason => {
        this.#refusal ??= reason;
        this.#board.drop(address, reason);
      },
    });
    this.#listening.set(address, listening);
  }

  #unsubscribe(address: Address): void {
    this.#listening.get(address)?.stop();
    this.#listening.delete(address);
  }

  #receive(address: Address, data: Uint8Array, exclusive: boolean): void {
    let frame: Frame | undefined;
    try {
      if (isOffer(data)) this.#lane.onOffer(address, data);
      else frame = decodeFrame(data, {shared: !exclusive});
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      this.#board.drop(address, error.message);
    }
    if (frame !== undefined) this.#board.deliver(address, frame);
  }

  #onLost({noResponders, subject}: NatsMessage): void {
    if (noResponders) this.#board.lost(this.#subjects.parseLost(subject));
  }

  #onStatus(status: TransportStatus): void {
    if (status === 'closed') this.#board.clear();
    if (status !== 'connected') this.#lane.abort();
  }
}

function refusal(): InferenceError {
  return queueFull('who receives there took no more large frames', retryMs);
}

function full(to: Address): InferenceError {
  return queueFull(`too much is on its way already for a frame to ${to}`, retryMs);
}

/** Of the tensors that are no strings. */
function tensorBytes({tensors}: Frame): number {
  let bytes = 0;
  for (const {data} of tensors.values()) bytes += 'byteLength' in data ? data.byteLength : 0;
  return bytes;
}
