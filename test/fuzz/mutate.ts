import type {SeededRandom} from '../support/seeded-random.js';

const changesMax = 8;
/** What lengths and counts are likeliest to go wrong at. */
const edges = [0, 1, 0x7f, 0x80, 0xc1, 0xd9, 0xdc, 0xdd, 0xfe, 0xff];

/** A copy of `bytes` with a few changes: bits, bytes, runs that are cut out, doubled or swapped. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  let changed: Uint8Array = Uint8Array.from(bytes);
  const changes = random.whole(1, changesMax);
  for (let change = 0; change < changes && changed.length > 0; change++) {
    changed = changeOnce(changed, other, random);
  }
  return changed;
}

function changeOnce(bytes: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.whole(0, bytes.length - 1);
  const run = random.whole(1, Math.min(64, bytes.length - at));
  switch (random.whole(0, 7)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7));
      return bytes;
    case 1:
      bytes[at] = random.pick(edges);
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3:
      return joined(bytes.subarray(0, at), bytes.subarray(at + run));
    case 4:
      return joined(bytes.subarray(0, at + run), bytes.subarray(at));
    case 5:
      return joined(bytes.subarray(0, at), piece(other, random), bytes.subarray(at));
    case 6: {
      if (bytes.length < 4) return bytes;
      const value = random.pick([0, 1, 2 ** 31, 2 ** 32 - 1, bytes.length]);
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      view.setUint32(Math.min(at, bytes.length - 4), value, random.chance(0.5));
      return bytes;
    }
    default:
      for (let index = at; index < at + run; index++) bytes[index] = random.whole(0, 255);
      return bytes;
  }
}

function piece(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const from = random.whole(0, Math.max(0, bytes.length - 1));
  return bytes.subarray(from, from + random.whole(1, 64));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
