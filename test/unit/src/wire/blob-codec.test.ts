import test, {type ExecutionContext} from 'ava';
import {InferenceError} from '../../../../src/errors.js';
import type {ExportedBlob} from '../../../../src/ports/blob-codec.js';
import {blobCodec} from '../../../../src/wire/blob-codec.js';
import {packMessage} from '../../../../src/wire/message-codec.js';
import {exportedBlob} from '../../../support/exported-network.js';
import {SeededRandom} from '../../../support/seeded-random.js';

const codec = blobCodec('0.1.0');
const sample = codec.encode(exportedBlob());

async function refuses(t: ExecutionContext, bytes: Uint8Array, expected = 'INVALID_BLOB') {
  const error = await t.throwsAsync(codec.decode(bytes), {instanceOf: InferenceError});
  t.is((error as InferenceError).code, expected as InferenceError['code']);
  t.true((error?.message.length ?? 0) < 600);
}

/** The first place of `text` in the sample. */
function at(text: string): number {
  return Buffer.from(sample).indexOf(text);
}

function changed(change: (bytes: Buffer) => void): Uint8Array {
  const bytes = Buffer.from(sample);
  change(bytes);
  return bytes;
}

test('a blob holds all that was exported', async t => {
  const {plugin, network, payloads} = await codec.decode(sample);
  const expected = exportedBlob();
  t.deepEqual(plugin, expected.plugin);
  t.deepEqual(network, expected.network);
  const texts = (blob: Pick<ExportedBlob, 'payloads'>) =>
    blob.payloads.map(({content}) => new TextDecoder().decode(content));
  t.deepEqual(texts({payloads}), texts(expected));
});

test('a blob may lie anywhere in a buffer', async t => {
  const whole = new Uint8Array(sample.length + 20);
  whole.set(sample, 7);
  const {network} = await codec.decode(whole.subarray(7, 7 + sample.length));
  t.is(network.name, 'net');
});

test('wherever it is cut short, it is refused', async t => {
  for (let length = 0; length < sample.length; length++) {
    await refuses(t, sample.subarray(0, length));
  }
});

test('whatever follows it, it is refused', async t => {
  await refuses(t, Buffer.concat([sample, Buffer.of(0)]));
});

test('whichever byte is damaged, it is refused', async t => {
  for (let place = 0; place < sample.length; place++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const bytes = changed(copy => copy.writeUInt8(copy.readUInt8(place) ^ mask, place));
      const error = await t.throwsAsync(codec.decode(bytes), {instanceOf: InferenceError});
      t.regex((error as InferenceError).code, /^(INVALID_BLOB|BLOB_INCOMPATIBLE)$/);
    }
  }
});

test('a blob of a newer format is told from a damaged one', async t => {
  const versionAt = at('heterodyne-blob') + 'heterodyne-blob'.length;
  t.is(sample[versionAt], 1);
  await refuses(
    t,
    changed(bytes => bytes.writeUInt8(2, versionAt)),
    'BLOB_INCOMPATIBLE',
  );
  await refuses(
    t,
    packMessage(['heterodyne-blob', 3, {all: 'is', quite: 'different'}]),
    'INVALID_BLOB',
  );
});

test('what is no blob is refused', async t => {
  const others: readonly Uint8Array[] = [
    new Uint8Array(),
    new TextEncoder().encode('<?xml version="1.0"?><net name="not ours"/>'),
    new TextEncoder().encode('heterodyne-blob'),
    packMessage({magic: 'heterodyne-blob', version: 1}),
    packMessage(['heterodyne-blob']),
    packMessage(['heterodyne-blob', 1, 'CPU', '1', new Uint8Array(32), new Uint8Array(4)]),
    new Uint8Array(10_000).fill(0xff),
  ];
  for (const bytes of others) await refuses(t, bytes);
});

test('lengths that lie are refused before anything is made of them', async t => {
  const headers = [
    [0xdd, 0xff, 0xff, 0xff, 0xff],
    [0xdd, 0x00, 0xff, 0xff, 0xff],
    [0xc6, 0xff, 0xff, 0xff, 0xff],
  ];
  for (const header of headers) {
    await refuses(
      t,
      changed(bytes => bytes.set(header, 0)),
    );
  }
  const payloadAt = at('what CPU compiled') - 4;
  for (const length of [0, 1, 16, 18, 2 ** 31, 2 ** 32 - 1]) {
    await refuses(
      t,
      changed(bytes => bytes.writeUInt32BE(length, payloadAt)),
    );
  }
});

test('arrays nested thousands deep are refused', async t => {
  const nested = Buffer.concat([sample.subarray(0, 5), Buffer.alloc(100_000, 0x91)]);
  const named = Buffer.concat([Buffer.of(0x92, 0xaf), Buffer.from('heterodyne-blob'), nested]);
  await refuses(t, named);
});

test('payloads are those that the manifest names, each where it says', async t => {
  const {plugin, network, payloads} = exportedBlob();
  const [first, second, third] = payloads;
  if (!first || !second || !third) return t.fail();
  const swapped = [{...first, content: second.content}, second, third];
  await refuses(t, codec.encode({plugin, network, payloads: swapped}));
  const damaged = [{...first, content: first.content.map(byte => byte ^ 1)}, second, third];
  await refuses(t, codec.encode({plugin, network, payloads: damaged}));
});

test('whatever else is done to a blob, it is refused or what it was', async t => {
  const random = new SeededRandom(20_261_122);
  const original = await codec.decode(sample);
  for (let round = 0; round < 1500; round++) {
    const bytes = mutated(random);
    try {
      t.deepEqual(await codec.decode(bytes), original);
    } catch (error) {
      t.true(error instanceof InferenceError, `round ${round}: ${error}`);
    }
  }
});

/** One of the ways in which files get spoilt: pieces written over, moved, doubled or lost. */
function mutated(random: SeededRandom): Uint8Array {
  const [a = 0, b = 0] = [place(random), place(random)].sort((x, y) => x - y);
  const [before, piece, after] = [sample.slice(0, a), sample.slice(a, b), sample.slice(b)];
  const noise = piece.map(byte => (random.chance(0.1) ? random.whole(0, 255) : byte));
  switch (random.whole(0, 4)) {
    case 0:
      return Buffer.concat([before, noise, after]);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, piece, piece, after]);
    case 3:
      return Buffer.concat([before, piece.reverse(), after]);
    default:
      return Buffer.concat([after, piece, before]);
  }
}

function place(random: SeededRandom): number {
  return random.whole(0, sample.length);
}
