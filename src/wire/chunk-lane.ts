import type {Timers} from '../ports/timers.js';
import type {Address, SendOptions} from '../ports/transport.js';
import {isBroadcast} from './address.js';
import {IncomingTransfers} from './incoming-transfers.js';
import type {NatsLink} from './nats-link.js';
import {type NatsSubjects, parsePlace} from './nats-subjects.js';
import {OutgoingTransfers} from './outgoing-transfers.js';
import {decodeGrant, decodeOffer, encodeGrant, encodeOffer} from './transfer-messages.js';

/** Large enough to cost little each, small enough that heartbeats slip between them. */
const chunkBytesMax = 256 * 1024;
const windowChunks = 16;

export interface ChunkLaneLimits {
  readonly frameBytesMax: number;
  /** Bytes of all frames under way, for each direction. */
  readonly bytesMax: number;
  /** A frame without progress for this long is dropped. */
  readonly idleMs: number;
}

export interface ChunkLanePorts {
  /** A whole frame, in a buffer of its own. */
  arrived(address: Address, bytes: Uint8Array): void;
  dropped(address: Address, reason: string): void;
  /** See OutgoingPorts. */
  lost(options: SendOptions, refused: boolean): void;
}

/** Carries frames that are too large for one NATS message. See transfer-messages.ts. */
export class ChunkLane {
  readonly #link: NatsLink;
  readonly #outgoing: OutgoingTransfers;
  readonly #incoming: IncomingTransfers;

  constructor(
    link: NatsLink,
    subjects: NatsSubjects,
    ports: ChunkLanePorts,
    settings: ChunkLaneLimits & {readonly timers: Timers},
  ) {
    this.#link = link;
    const {timers} = settings;
    this.#outgoing = new OutgoingTransfers(
      subjects.peer,
      {
        offer: (to, offer) =>
          link.publish(subjects.address(to), encodeOffer(offer), subjects.gone(offer.transfer)),
        chunk: (peer, transfer, place, bytes) =>
          link.publish(subjects.chunks(peer), bytes, subjects.gone(transfer, place)),
        lost: (options, refused) => ports.lost(options, refused),
      },
      settings,
      timers,
    );
    this.#incoming = new IncomingTransfers(
      subjects.peer,
      {...ports, grant: (peer, grant) => link.publish(subjects.grants(peer), encodeGrant(grant))},
      {...settings, windowChunks},
      timers,
    );
    this.#listen(subjects);
  }

  /** Whether a frame of so many bytes can be sent now. */
  hasRoom(bytes: number): boolean {
    return this.#outgoing.hasRoom(bytes);
  }

  /** False if nothing can be sent now. */
  send(to: Address, bytes: Uint8Array, options: SendOptions): boolean {
    const messageBytesMax = this.#link.messageBytesMax;
    if (messageBytesMax === undefined) return false;
    const chunkBytes = Math.min(chunkBytesMax, messageBytesMax);
    return this.#outgoing.start(to, {bytes, chunkBytes, broadcast: isBroadcast(to)}, options);
  }

  /** Throws InferenceError INVALID_FRAME. */
  onOffer(address: Address, bytes: Uint8Array): void {
    this.#incoming.onOffer(address, decodeOffer(bytes));
  }

  /** Settles once all that was sent so far has arrived or was lost. */
  settled(): Promise<void> {
    return this.#outgoing.settled();
  }

  abort(): void {
    this.#outgoing.abort();
    this.#incoming.abort();
  }

  #listen(subjects: NatsSubjects): void {
    this.#link.listen(subjects.grants(subjects.peer), {
      message: ({data}) => this.#onGrant(data),
    });
    this.#link.listen(subjects.chunks(subjects.peer), {
      message: ({data, reply}) => {
        const place = parsePlace(reply);
        if (place !== undefined) this.#incoming.onChunk(place, data);
      },
    });
    this.#link.listen(subjects.allGone, {
      message: message => {
        if (!message.noResponders) return;
        const {transfer, handle} = subjects.parseGone(message.subject);
        this.#outgoing.onGone(transfer, handle);
      },
    });
  }

  #onGrant(bytes: Uint8Array): void {
    let grant: ReturnType<typeof decodeGrant>;
    try {
      grant = decodeGrant(bytes);
    } catch {
      // Nobody to tell: its sender is unknown, and its transfer will fall idle.
      return;
    }
    this.#outgoing.onGrant(grant);
  }
}
