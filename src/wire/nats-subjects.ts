import type {Address, SendOptions} from '../ports/transport.js';
import {isAddress} from './address.js';
import type {ChunkPlace} from './transfer-messages.js';

/**
 * The subjects of one connection: `hd.<cluster>.<address>` for frames, and under
 * `hd.<cluster>._peer.<peer>` what concerns this connection alone.
 */
export class NatsSubjects {
  readonly peer: string;
  readonly #cluster: string;
  readonly #own: string;

  constructor(cluster: string, peer: string) {
    this.peer = peer;
    this.#cluster = `hd.${cluster}`;
    this.#own = `hd.${cluster}._peer.${peer}`;
  }

  address(address: Address): string {
    return `${this.#cluster}.${address}`;
  }

  grants(peer: string): string {
    return `${this.#cluster}._peer.${peer}.grant`;
  }

  chunks(peer: string): string {
    return `${this.#cluster}._peer.${peer}.chunk`;
  }

  /** Where this process answers with its metrics. */
  get metrics(): string {
    return `${this.#own}.metrics`;
  }

  get allLost(): string {
    return `${this.#own}.lost.>`;
  }

  /** The reply subject where the server says that nobody listens at a frame's address. */
  lost({from, token}: SendOptions): string | undefined {
    if (from === undefined || token === undefined || !isAddress(from)) return undefined;
    return `${this.#own}.lost.${token}.${from}`;
  }

  parseLost(subject: string): SendOptions {
    const rest = subject.slice(`${this.#own}.lost.`.length);
    const dot = rest.indexOf('.');
    return {token: rest.slice(0, dot), from: rest.slice(dot + 1)};
  }

  get allGone(): string {
    return `${this.#own}.gone.>`;
  }

  /**
   * The reply subject where the server says that nobody took an offer, or a chunk. A chunk's tells
   * its receiver the chunk's place too, so that its payload is a part of the frame and no copy.
   */
  gone(transfer: number, place?: ChunkPlace): string {
    const offer = `${this.#own}.gone.${transfer}`;
    return place === undefined ? offer : `${offer}.${place.handle}.${place.index}`;
  }

  parseGone(subject: string): {readonly transfer: number; readonly handle: number | undefined} {
    const [transfer, handle] = subject.slice(`${this.#own}.gone.`.length).split('.');
    return {transfer: Number(transfer), handle: handle === undefined ? undefined : Number(handle)};
  }
}

/** A chunk's place, from the reply subject of whoever sent it. */
export function parsePlace(reply: string): ChunkPlace | undefined {
  const match = /\.(\d{1,15})\.(\d{1,15})$/.exec(reply);
  return match === null ? undefined : {handle: Number(match[1]), index: Number(match[2])};
}
