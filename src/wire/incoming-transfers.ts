import type {Timer, Timers} from '../ports/timers.js';
import type {Address} from '../ports/transport.js';
import {IdleSweep} from './idle-sweep.js';
import type {ChunkPlace, Grant, Offer} from './transfer-messages.js';

/** Frames being put together at once, and offers that wait for that. */
const activeMax = 64;
const waitingMax = 1024;

export interface IncomingPorts {
  /** To the transfer's sender. */
  grant(peer: string, grant: Grant): void;
  /** A whole frame, in a buffer of its own. */
  arrived(address: Address, bytes: Uint8Array): void;
  dropped(address: Address, reason: string): void;
}

export interface IncomingLimits {
  readonly frameBytesMax: number;
  /** Bytes of all frames being put together at once. */
  readonly bytesMax: number;
  /** Chunks of one frame that may be on their way. */
  readonly windowChunks: number;
  readonly idleMs: number;
}

interface Incoming {
  readonly handle: number;
  readonly address: Address;
  readonly offer: Offer;
  readonly chunks: number;
  /** Frames of one sender to one address are put together in the order of their offers. */
  readonly lane: string;
  bytes: Uint8Array;
  received: number;
  granted: number;
  idle: boolean;
}

/** Frames on their way in, put together from chunks that are granted as there is room for them. */
export class IncomingTransfers {
  readonly #peer: string;
  readonly #ports: IncomingPorts;
  readonly #limits: IncomingLimits;
  readonly #timers: Timers;
  readonly #sweep: IdleSweep<Incoming>;
  readonly #active = new Map<number, Incoming>();
  /** Lanes whose latest frame has chunks yet to be granted. */
  readonly #busyLanes = new Set<string>();
  #waiting: Incoming[] = [];
  #reminder: Timer | undefined;
  #bytes = 0;
  #next = 1;

  constructor(peer: string, ports: IncomingPorts, limits: IncomingLimits, timers: Timers) {
    this.#peer = peer;
    this.#ports = ports;
    this.#limits = limits;
    this.#timers = timers;
    this.#sweep = new IdleSweep(timers, limits.idleMs, {
      entries: () => this.#active.values(),
      end: entry => this.#drop(entry, 'its sender fell silent'),
    });
  }

  get count(): number {
    return this.#active.size + this.#waiting.length;
  }

  onOffer(address: Address, offer: Offer): void {
    const chunks = Math.ceil(offer.bytes / offer.chunkBytes);
    const entry: Incoming = {
      handle: this.#next++,
      address,
      offer,
      chunks,
      lane: `${offer.peer} ${address}`,
      bytes: new Uint8Array(0),
      received: 0,
      granted: 0,
      idle: false,
    };
    if (offer.bytes > this.#limits.frameBytesMax) {
      this.#refuse(entry, `a frame of ${offer.bytes} bytes is over the bound`);
    } else if (this.#waiting.length >= waitingMax) {
      this.#refuse(entry, 'too many large frames wait');
    } else {
      this.#waiting.push(entry);
      this.#admit();
    }
  }

  onChunk(place: ChunkPlace, chunk: Uint8Array): void {
    if (chunk.length === 0) {
      this.#onGivenUp(place.handle);
      return;
    }
    const entry = this.#active.get(place.handle);
    if (entry === undefined) return;
    if (place.index < entry.received) {
      this.#ports.dropped(entry.address, 'a chunk came twice');
      return;
    }
    const from = place.index * entry.offer.chunkBytes;
    const expected = Math.min(entry.offer.chunkBytes, entry.offer.bytes - from);
    if (place.index > entry.received || chunk.length !== expected) {
      this.#drop(entry, 'a chunk is missing or of another length');
      return;
    }
    entry.bytes.set(chunk, from);
    entry.received += 1;
    entry.idle = false;
    if (entry.received === entry.chunks) this.#finish(entry);
    else if (entry.granted - entry.received <= this.#limits.windowChunks / 2) this.#grant(entry);
  }

  /** Drops all that is under way, and tells those senders that can be reached. */
  abort(): void {
    const entries = [...this.#active.values(), ...this.#waiting];
    this.#waiting = [];
    this.#busyLanes.clear();
    this.#active.clear();
    this.#bytes = 0;
    this.#sweep.stop();
    this.#reminder?.cancel();
    this.#reminder = undefined;
    for (const entry of entries) this.#refuse(entry, 'the connection has ended');
  }

  /** Starts waiting frames, first come first served, as lanes and memory allow. */
  #admit(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const passedOver = new Set<string>();
    for (const entry of waiting) {
      const blocked = this.#busyLanes.has(entry.lane) || passedOver.has(entry.lane);
      if (blocked || !this.#hasRoom(entry)) {
        passedOver.add(entry.lane);
        this.#waiting.push(entry);
      } else {
        this.#begin(entry);
      }
    }
    if (this.#waiting.length > 0) this.#remindLater();
  }

  /** A sender whose frame waits for others hears of it before it takes this end for dead. */
  #remindLater(): void {
    this.#reminder ??= this.#timers.after(this.#limits.idleMs / 3, () => {
      this.#reminder = undefined;
      for (const entry of this.#waiting) this.#say(entry, 'none');
      if (this.#waiting.length > 0) this.#remindLater();
    });
  }

  #onGivenUp(handle: number): void {
    const reason = 'its sender gave up';
    const active = this.#active.get(handle);
    const waiting = this.#waiting.find(entry => entry.handle === handle);
    if (active !== undefined) this.#drop(active, reason);
    if (waiting === undefined) return;
    this.#waiting = this.#waiting.filter(entry => entry !== waiting);
    this.#ports.dropped(waiting.address, reason);
  }

  #hasRoom(entry: Incoming): boolean {
    if (this.#active.size === 0) return true;
    const fits = this.#bytes + entry.offer.bytes <= this.#limits.bytesMax;
    return fits && this.#active.size < activeMax;
  }

  #begin(entry: Incoming): void {
    const bytes = allocated(entry.offer.bytes);
    if (bytes === undefined) {
      this.#refuse(entry, `no memory for a frame of ${entry.offer.bytes} bytes`);
      return;
    }
    entry.bytes = bytes;
    this.#bytes += entry.offer.bytes;
    this.#active.set(entry.handle, entry);
    this.#busyLanes.add(entry.lane);
    this.#sweep.watch();
    this.#grant(entry);
  }

  #grant(entry: Incoming): void {
    const granted = Math.min(entry.received + this.#limits.windowChunks, entry.chunks);
    if (granted === entry.granted) return;
    entry.granted = granted;
    this.#say(entry, 'none');
    if (granted < entry.chunks) return;
    this.#busyLanes.delete(entry.lane);
    // The sender answers grants in order, so the next frame's chunks follow this one's.
    if (this.#waiting.length > 0) this.#admit();
  }

  #finish(entry: Incoming): void {
    this.#forget(entry);
    this.#say(entry, 'done');
    this.#admit();
    this.#ports.arrived(entry.address, entry.bytes);
  }

  #drop(entry: Incoming, reason: string): void {
    this.#forget(entry);
    this.#refuse(entry, reason);
    this.#admit();
  }

  #refuse(entry: Incoming, reason: string): void {
    this.#say(entry, 'refused');
    this.#ports.dropped(entry.address, reason);
  }

  #forget(entry: Incoming): void {
    this.#active.delete(entry.handle);
    this.#bytes -= entry.offer.bytes;
    if (entry.granted < entry.chunks) this.#busyLanes.delete(entry.lane);
    if (this.#active.size === 0) this.#sweep.stop();
  }

  #say(entry: Incoming, end: Grant['end']): void {
    const {offer, handle, granted} = entry;
    this.#ports.grant(offer.peer, {
      transfer: offer.transfer,
      peer: this.#peer,
      handle,
      granted,
      end,
    });
  }
}

function allocated(bytes: number): Uint8Array | undefined {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
