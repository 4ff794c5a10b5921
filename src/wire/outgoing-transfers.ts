import type {Timers} from '../ports/timers.js';
import type {Address, SendOptions} from '../ports/transport.js';
import {IdleSweep} from './idle-sweep.js';
import type {ChunkPlace, Grant, Offer} from './transfer-messages.js';

const transfersMax = 1024;
const receiversMax = 256;

export interface OutgoingPorts {
  /** False if it cannot be sent now. */
  offer(to: Address, offer: Offer): boolean;
  chunk(peer: string, transfer: number, place: ChunkPlace, bytes: Uint8Array): void;
  /** The frame reached nobody; `refused`: who is there did not take it, and may another time. */
  lost(options: SendOptions, refused: boolean): void;
}

export interface OutgoingLimits {
  /** Bytes of all frames that wait for their receivers. */
  readonly bytesMax: number;
  readonly idleMs: number;
}

interface Flow {
  readonly peer: string;
  readonly handle: number;
  sent: number;
}

interface Outgoing {
  readonly transfer: number;
  readonly bytes: Uint8Array;
  readonly chunkBytes: number;
  readonly options: SendOptions;
  /** Receivers that come later are served until the transfer is idle. */
  readonly broadcast: boolean;
  readonly flows: Map<string, Flow>;
  reached: boolean;
  refused: boolean;
  idle: boolean;
}

/** Frames on their way out in chunks, each as fast as its receivers grant it. */
export class OutgoingTransfers {
  readonly #ports: OutgoingPorts;
  readonly #limits: OutgoingLimits;
  readonly #peer: string;
  readonly #transfers = new Map<number, Outgoing>();
  readonly #sweep: IdleSweep<Outgoing>;
  #waiting: {readonly before: number; readonly resolve: () => void}[] = [];
  #bytes = 0;
  #next = 1;

  constructor(peer: string, ports: OutgoingPorts, limits: OutgoingLimits, timers: Timers) {
    this.#peer = peer;
    this.#ports = ports;
    this.#limits = limits;
    this.#sweep = new IdleSweep(timers, limits.idleMs, {
      entries: () => this.#transfers.values(),
      end: entry => this.#end(entry),
    });
  }

  get count(): number {
    return this.#transfers.size;
  }

  /** Whether another frame of so many bytes may begin; one alone always may. */
  hasRoom(bytes: number): boolean {
    if (this.#transfers.size === 0) return true;
    const fits = this.#bytes + bytes <= this.#limits.bytesMax;
    return fits && this.#transfers.size < transfersMax;
  }

  /** False if too much waits already, or nothing can be sent now. */
  start(
    to: Address,
    frame: {bytes: Uint8Array; chunkBytes: number; broadcast: boolean},
    options: SendOptions,
  ): boolean {
    const {bytes, chunkBytes} = frame;
    if (!this.hasRoom(bytes.length)) return false;
    const transfer = this.#next++;
    const offer = {transfer, peer: this.#peer, bytes: bytes.length, chunkBytes};
    if (!this.#ports.offer(to, offer)) return false;
    const flows = new Map<string, Flow>();
    this.#transfers.set(transfer, {
      ...frame,
      transfer,
      options,
      flows,
      reached: false,
      refused: false,
      idle: false,
    });
    this.#bytes += bytes.length;
    this.#sweep.watch();
    return true;
  }

  onGrant(grant: Grant): void {
    const entry = this.#transfers.get(grant.transfer);
    const flow = entry === undefined ? undefined : flowOf(entry, grant);
    if (entry === undefined || flow === undefined) {
      this.#giveUp(grant);
      return;
    }
    entry.idle = false;
    if (grant.end !== 'none') {
      entry.reached ||= grant.end === 'done';
      entry.refused ||= grant.end === 'refused';
      this.#leave(entry, flow);
      return;
    }
    const granted = Math.min(grant.granted, chunkCount(entry));
    while (flow.sent < granted) this.#sendChunk(entry, flow);
  }

  /** Nobody took an offer, or the receiver that took a chunk before is gone. */
  onGone(transfer: number, handle: number | undefined): void {
    const entry = this.#transfers.get(transfer);
    if (entry === undefined) return;
    if (handle === undefined) this.#end(entry);
    else {
      const flow = [...entry.flows.values()].find(candidate => candidate.handle === handle);
      if (flow !== undefined) this.#leave(entry, flow);
    }
  }

  /** Settles once all that is on its way now has ended, one way or the other. */
  settled(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push({before: this.#next, resolve});
      this.#settle();
    });
  }

  /** Every frame under way reached nobody. */
  abort(): void {
    for (const entry of [...this.#transfers.values()]) this.#end(entry);
    this.#sweep.stop();
  }

  /** An empty chunk tells a receiver that waits in vain. */
  #giveUp({peer, transfer, handle, end}: Grant): void {
    if (end !== 'none') return;
    this.#ports.chunk(peer, transfer, {handle, index: 0}, new Uint8Array(0));
  }

  #sendChunk(entry: Outgoing, flow: Flow): void {
    const {transfer, chunkBytes, bytes} = entry;
    const index = flow.sent++;
    const chunk = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    this.#ports.chunk(flow.peer, transfer, {handle: flow.handle, index}, chunk);
  }

  #leave(entry: Outgoing, flow: Flow): void {
    entry.flows.delete(flow.peer);
    if (entry.flows.size > 0) return;
    if (entry.broadcast) this.#settle();
    else this.#end(entry);
  }

  #end(entry: Outgoing): void {
    if (!this.#transfers.delete(entry.transfer)) return;
    this.#bytes -= entry.bytes.length;
    if (!entry.reached) this.#ports.lost(entry.options, entry.refused);
    this.#settle();
  }

  #settle(): void {
    if (this.#transfers.size === 0) this.#sweep.stop();
    // A map keeps the order of insertion: the oldest transfer comes first.
    const [oldest = this.#next] = [...this.#transfers.values()]
      .filter(({reached, flows}) => !reached || flows.size > 0)
      .map(({transfer}) => transfer);
    const settled = this.#waiting.filter(({before}) => before <= oldest);
    this.#waiting = this.#waiting.filter(({before}) => before > oldest);
    for (const {resolve} of settled) resolve();
  }
}

/** The flow to the grant's peer; one that grants for the first time gets a new one. */
function flowOf(entry: Outgoing, grant: Grant): Flow | undefined {
  const known = entry.flows.get(grant.peer);
  if (known !== undefined) return known.handle === grant.handle ? known : undefined;
  if (entry.flows.size >= receiversMax) return undefined;
  const flow = {peer: grant.peer, handle: grant.handle, sent: 0};
  entry.flows.set(grant.peer, flow);
  return flow;
}

function chunkCount(entry: Outgoing): number {
  return Math.ceil(entry.bytes.length / entry.chunkBytes);
}
