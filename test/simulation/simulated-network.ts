import type {TensorData} from '../../schemas/tensor.js';
import type {Address, Frame, SendOptions} from '../../src/ports/transport.js';
import type {SeededRandom} from '../support/seeded-random.js';
import type {EventQueue} from './event-queue.js';
import type {Reached} from './reached.js';
import type {Trace} from './trace.js';
import {calm, type Weather} from './weather.js';

/** A process as the network sees it. */
export interface Peer {
  readonly name: string;
  readonly connected: boolean;
  listensAt(address: Address): boolean;
  /** Runs `call` in the process: now, once it runs again, or never. */
  enter(call: () => void): void;
  deliver(address: Address, frame: Frame): void;
  lost(options: SendOptions): void;
}

/** Looks at every frame that is sent between processes. */
export type Watcher = (from: Peer, to: Address, frame: Frame) => void;

interface Parcel {
  readonly from: Peer;
  readonly to: Peer;
  readonly address: Address;
  readonly frame: Frame;
  readonly options: SendOptions;
}

/** Frames from one process to another; `*` stands for every process. */
interface Link {
  readonly from: string;
  readonly to: string;
}

const everyone = '*';

export interface NetworkOptions {
  readonly queue: EventQueue;
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly reached: Reached;
}

/**
 * Carries frames between processes as NATS does, in any weather: at most once where it is calm, by
 * reference and unharmed inside a process, and a sender that asks for it is told when nobody listens.
 */
export class SimulatedNetwork {
  weather: Weather = calm;
  watcher: Watcher = () => {};
  /** What becomes of frames on their way; tests spoil them, to see whether that is noticed. */
  tamper: (frame: Frame) => Frame = frame => frame;
  readonly #options: NetworkOptions;
  readonly #peers = new Set<Peer>();
  readonly #cut = new Set<Link>();
  readonly #clogged = new Set<Link>();
  #held: Parcel[] = [];
  /** When the last frame arrives that nothing may overtake, by sender and address. */
  readonly #lastAt = new Map<string, number>();

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  join(peer: Peer): void {
    this.#peers.add(peer);
  }

  leave(peer: Peer): void {
    this.#peers.delete(peer);
  }

  /** Drops what goes this way, until the answer is called. */
  cut(from: string, to: string = everyone): () => void {
    const link = {from, to};
    this.#cut.add(link);
    return () => this.#cut.delete(link);
  }

  /** Holds what goes this way back, until the answer is called. */
  clog(from: string, to: string = everyone): () => void {
    const link = {from, to};
    this.#clogged.add(link);
    return () => {
      this.#clogged.delete(link);
      const held = this.#held;
      this.#held = [];
      for (const parcel of held) this.#arrive(parcel);
    };
  }

  send(from: Peer, address: Address, sent: Frame, options: SendOptions): void {
    const frame = this.tamper(sent);
    const here = from.listensAt(address);
    if (here) this.#post(from, address, frame);
    if (here && !address.startsWith('all.')) return;
    this.watcher(from, address, frame);
    const others = from.connected
      ? [...this.#peers].filter(to => to !== from && to.connected && to.listensAt(address))
      : [];
    if (others.length === 0 && !here) this.#reportLost(from, options);
    for (const to of others) this.#carry({from, to, address, frame, options});
  }

  #post(peer: Peer, address: Address, frame: Frame): void {
    this.#options.queue.after(0, () => peer.enter(() => peer.deliver(address, frame)));
  }

  #carry(parcel: Parcel): void {
    const {random, reached} = this.#options;
    if (random.chance(this.weather.dropped)) {
      reached.note('a frame was dropped');
      this.#note(parcel, 'dropped');
      return;
    }
    const copies = random.chance(this.weather.duplicated) ? 2 : 1;
    if (copies === 2) reached.note('a frame arrived twice');
    for (let copy = 0; copy < copies; copy++) {
      const frame = {...parcel.frame, tensors: copiesOf(parcel.frame), owned: copies === 1};
      this.#options.queue.after(this.#delayMs(parcel), () => this.#arrive({...parcel, frame}));
    }
  }

  #delayMs({from, address}: Parcel): number {
    const {queue, random} = this.#options;
    const {delayMsMin, delayMsMax, reordered} = this.weather;
    const delayMs = delayMsMin + random.next() * (delayMsMax - delayMsMin);
    if (random.chance(reordered)) return delayMs;
    const key = `${from.name}>${address}`;
    const at = Math.max(queue.now + delayMs, this.#lastAt.get(key) ?? 0);
    this.#lastAt.set(key, at);
    return at - queue.now;
  }

  #arrive(parcel: Parcel): void {
    const {from, to, address, frame, options} = parcel;
    if (this.#isOn(this.#cut, parcel)) {
      this.#note(parcel, 'cut');
      return;
    }
    if (this.#isOn(this.#clogged, parcel)) {
      this.#held.push(parcel);
      return;
    }
    if (!this.#peers.has(to) || !to.connected || !to.listensAt(address)) {
      this.#note(parcel, 'nobody');
      this.#reportLost(from, options);
      return;
    }
    this.#note(parcel, 'arrives');
    to.enter(() => to.deliver(address, frame));
  }

  #isOn(links: ReadonlySet<Link>, {from, to}: Parcel): boolean {
    for (const link of links) {
      const starts = link.from === everyone || link.from === from.name;
      if (starts && (link.to === everyone || link.to === to.name)) return true;
    }
    return false;
  }

  #reportLost(from: Peer, options: SendOptions): void {
    if (options.token === undefined) return;
    const {queue, random} = this.#options;
    const {delayMsMin, delayMsMax} = this.weather;
    const delayMs = delayMsMin + random.next() * (delayMsMax - delayMsMin);
    queue.after(delayMs, () => from.enter(() => from.lost(options)));
  }

  #note({from, to, address, frame}: Parcel, what: string): void {
    const {kind} = frame.message as {readonly kind: string};
    this.#options.trace.note(to.name, `${what} ${kind} for ${address} from ${from.name}`);
  }
}

/** What one process does to a buffer, no other sees. */
function copiesOf({tensors}: Frame): Map<string, TensorData> {
  return new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      {...tensor, data: (tensor.data as Float32Array).slice()},
    ]),
  );
}
