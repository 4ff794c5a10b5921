import {InferenceError} from '../errors.js';

/** Containers inside containers. A decoder that recurses this deep stays far from the stack's end. */
export const depthMax = 64;
/** Values in one message, keys too: what bounds the memory that decoding it takes. */
export const valuesMax = 2 ** 21;

type Shape = 'scalar' | 'bytes' | 'text' | 'array' | 'map';

interface Token {
  readonly shape: Shape;
  /** Bytes of the length that follows the token; 0: `count` is the length. */
  readonly lengthBytes: number;
  readonly count: number;
}

/**
 * Refuses, before any of it is decoded, MessagePack that is truncated or followed by something,
 * nested or numerous over the bounds, holds a map key that is no string, or an extension type: an
 * extension lets a decoder make records, regular expressions, errors and references out of input.
 * Follows the MessagePack specification's table of formats. Throws InferenceError INVALID_FRAME.
 */
export function guardMsgpack(bytes: Uint8Array): void {
  const scan = new Scan(bytes);
  scan.value();
  while (scan.open()) scan.value();
  if (scan.at !== bytes.length) {
    throw refused(`${bytes.length - scan.at} bytes follow the value`);
  }
}

class Scan {
  at = 0;
  #values = 0;
  readonly #bytes: Uint8Array;
  /** Values still to come in each open container, innermost last; a map's keys count too. */
  readonly #left: number[] = [];
  readonly #isMap: boolean[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether a container still wants a value. */
  open(): boolean {
    while (this.#left.at(-1) === 0) {
      this.#left.pop();
      this.#isMap.pop();
    }
    return this.#left.length > 0;
  }

  value(): void {
    this.#values += 1;
    if (this.#values > valuesMax) throw refused(`more than ${valuesMax} values`);
    const token = tokens[this.#take(1)];
    if (token === undefined) {
      throw refused(`extension or unused format at byte ${this.at - 1}`);
    }
    if (this.#wantsKey() && token.shape !== 'text') {
      throw refused(`a map key that is no string at byte ${this.at - 1}`);
    }
    this.#countDown();
    this.#enter(token.shape, token.lengthBytes === 0 ? token.count : this.#take(token.lengthBytes));
  }

  #enter(shape: Shape, count: number): void {
    if (shape === 'array' || shape === 'map') {
      if (this.#left.length === depthMax) throw refused(`nested deeper than ${depthMax}`);
      this.#left.push(shape === 'map' ? 2 * count : count);
      this.#isMap.push(shape === 'map');
    } else {
      this.#skip(count);
    }
  }

  #wantsKey(): boolean {
    return this.#isMap.at(-1) === true && (this.#left.at(-1) ?? 0) % 2 === 0;
  }

  #countDown(): void {
    const last = this.#left.length - 1;
    if (last >= 0) this.#left[last] = (this.#left[last] ?? 0) - 1;
  }

  /** A big-endian unsigned integer. */
  #take(count: number): number {
    const from = this.at;
    this.#skip(count);
    let value = 0;
    for (let i = from; i < this.at; i++) value = value * 256 + (this.#bytes[i] ?? 0);
    return value;
  }

  #skip(count: number): void {
    this.at += count;
    if (this.at > this.#bytes.length) throw refused(`truncated at byte ${this.#bytes.length}`);
  }
}

const tokens = tokenTable();

function tokenTable(): readonly (Token | undefined)[] {
  const table = new Array<Token | undefined>(256).fill(undefined);
  const fixed = (first: number, last: number, shape: Shape, count: (token: number) => number) => {
    for (let i = first; i <= last; i++) table[i] = {shape, lengthBytes: 0, count: count(i)};
  };
  fixed(0x00, 0x7f, 'scalar', () => 0);
  fixed(0x80, 0x8f, 'map', token => token & 0x0f);
  fixed(0x90, 0x9f, 'array', token => token & 0x0f);
  fixed(0xa0, 0xbf, 'text', token => token & 0x1f);
  fixed(0xc0, 0xc0, 'scalar', () => 0);
  fixed(0xc2, 0xc3, 'scalar', () => 0);
  fixed(0xca, 0xcb, 'scalar', token => (token === 0xca ? 4 : 8));
  fixed(0xcc, 0xd3, 'scalar', token => 1 << (token & 3));
  fixed(0xe0, 0xff, 'scalar', () => 0);
  const sized: readonly (readonly [number, Shape, number])[] = [
    [0xc4, 'bytes', 1],
    [0xc5, 'bytes', 2],
    [0xc6, 'bytes', 4],
    [0xd9, 'text', 1],
    [0xda, 'text', 2],
    [0xdb, 'text', 4],
    [0xdc, 'array', 2],
    [0xdd, 'array', 4],
    [0xde, 'map', 2],
    [0xdf, 'map', 4],
  ];
  for (const [token, shape, lengthBytes] of sized) table[token] = {shape, lengthBytes, count: 0};
  return table;
}

function refused(what: string): InferenceError {
  return new InferenceError('INVALID_FRAME', `Expected a plain MessagePack value: ${what}.`);
}
