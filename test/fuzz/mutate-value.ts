import type {SeededRandom} from '../support/seeded-random.js';

const changesMax = 4;

type Fields = Readonly<Record<string, unknown>>;

/** What MessagePack can hold and hardly anybody expects. */
const odd: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2n ** 63n,
  '',
  '__proto__',
  'client.a b',
  'x'.repeat(1000),
  Uint8Array.of(1, 2, 3),
  [],
  {},
  {toString: 1},
  {length: 2},
  new Array(5000).fill(0),
  nested(60),
];

const oddKeys = ['', '__proto__', 'constructor', 'toString', 'length', '0', 'kind'];

function nested(depth: number): unknown {
  return depth === 0 ? 0 : [nested(depth - 1)];
}

/**
 * A copy of a plain value that differs in a few places: parts are replaced, by odd ones or by parts of
 * `other`, left out, doubled or renamed. What bytes changed at random hardly ever become: a message
 * that is whole and means something else.
 */
export function mutateValue(value: unknown, other: unknown, random: SeededRandom): unknown {
  let changed = value;
  const changes = random.whole(1, changesMax);
  for (let change = 0; change < changes; change++) changed = changeOnce(changed, other, random);
  return changed;
}

function changeOnce(value: unknown, other: unknown, random: SeededRandom): unknown {
  const keys = keysOf(value);
  if (keys.length === 0 || random.chance(0.1)) return replacement(other, random);
  const key = random.pick(keys);
  const part = (value as Fields)[key];
  if (random.chance(0.6)) return withEntry(value, key, changeOnce(part, other, random));
  if (Array.isArray(value)) return random.chance(0.5) ? [...value, part] : without(value, key);
  if (random.chance(0.5)) return without(value, key);
  return {...without(value, key), [random.pick(oddKeys)]: part};
}

function replacement(other: unknown, random: SeededRandom): unknown {
  if (random.chance(0.7)) return random.pick(odd);
  let part = other;
  for (let keys = keysOf(part); keys.length > 0 && random.chance(0.7); keys = keysOf(part)) {
    part = (part as Fields)[random.pick(keys)];
  }
  return part;
}

function keysOf(value: unknown): readonly string[] {
  const isContainer = Array.isArray(value) || (isFields(value) && !ArrayBuffer.isView(value));
  return isContainer ? Object.keys(value as Fields) : [];
}

function withEntry(value: unknown, key: string, part: unknown): unknown {
  if (Array.isArray(value)) return value.with(Number(key), part);
  return {...(value as Fields), [key]: part};
}

function without<T>(value: T, key: string): T extends unknown[] ? T : Fields;
function without(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.toSpliced(Number(key), 1);
  const {[key]: _left, ...rest} = value as Fields;
  return rest;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
