import test from 'ava';
import {Core, type ErrorCode, type ExecutableNetwork, InferenceError} from '../../src/index.js';
import type {ExportedBlob} from '../../src/ports/blob-codec.js';
import {blobCodec} from '../../src/wire/blob-codec.js';
import {floats, line} from '../support/cluster-networks.js';
import {payloadOf} from '../support/exported-network.js';
import {SeededRandom} from '../support/seeded-random.js';

/* Blobs whose digests are right and that lie all the same, as somebody would make them on purpose. */

const codec = blobCodec('0.1.0');
let core: Core;
let honest: ExportedBlob;

test.before(async () => {
  core = await Core.embedded({devices: ['CPU']});
  const executable = await core.loadNetwork(await core.readNetwork(line()), 'CPU');
  honest = await codec.decode(await executable.exportNetwork());
  await executable.release();
});
test.after.always(() => core?.close());

async function infer(executable: ExecutableNetwork): Promise<readonly unknown[]> {
  const request = executable.createInferRequest();
  const {y} = await request.infer({x: floats([1, 2], 2)}, {timeoutMs: 5000});
  return [...(y?.data ?? [])];
}

/** What comes of a blob: its output, or the code of the error that somebody noticed it by. */
async function outcomeOf(blob: ExportedBlob): Promise<readonly unknown[] | ErrorCode> {
  let imported: ExecutableNetwork | undefined;
  try {
    imported = await core.importNetwork(codec.encode(blob));
    return await infer(imported);
  } catch (error) {
    if (error instanceof InferenceError) return error.code;
    throw error;
  } finally {
    await imported?.release();
  }
}

function withStage(blob: ExportedBlob, change: (stage: object) => object): ExportedBlob {
  const variants = blob.network.variants.map(variant => ({
    ...variant,
    stages: variant.stages.map(stage => change(stage) as typeof stage),
  }));
  return {...blob, network: {...blob.network, variants}};
}

test.serial('an honest blob gives what its network gave', async t => {
  t.deepEqual(await outcomeOf(honest), [3, 5]);
});

test.serial('what no plugin compiled is no blob, or compiled again from the network', async t => {
  const {network, payloads} = honest;
  const garbage = payloadOf('this was never compiled');
  const {content, ...ref} = garbage;
  const lie = (more: object) =>
    withStage({...honest, network, payloads: [...payloads, garbage]}, stage => {
      const {compiled} = stage as {readonly compiled: object};
      return {...stage, compiled: {...compiled, content: ref}, ...more};
    });
  t.is(content.length, ref.bytes);
  t.deepEqual(await outcomeOf(lie({})), [3, 5]);
  t.is(await outcomeOf(lie({network: null})), 'INVALID_BLOB');
});

test.serial('a payload that the blob names and does not hold is missed at once', async t => {
  const lie = withStage(honest, stage => ({
    ...stage,
    network: {model: {digest: 'd'.repeat(64), bytes: 10}, weights: null},
  }));
  t.is(await outcomeOf(lie), 'INVALID_BLOB');
});

test.serial('whatever a manifest says, somebody notices, and nobody is harmed', async t => {
  const random = new SeededRandom(7);
  const witness = await core.importNetwork(codec.encode(honest));
  t.teardown(() => witness.release());
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 120; round++) {
    const network = mutated(honest.network, random) as ExportedBlob['network'];
    const outcome = await outcomeOf({...honest, network}).catch(error => {
      throw new Error(`round ${round}: ${error}`);
    });
    const text = typeof outcome === 'string' ? outcome : 'an output';
    outcomes.set(text, (outcomes.get(text) ?? 0) + 1);
  }
  t.true((outcomes.get('INVALID_BLOB') ?? 0) > 20, JSON.stringify([...outcomes]));
  t.false(outcomes.has('INTERNAL'), JSON.stringify([...outcomes]));
  t.deepEqual(await infer(witness), [3, 5]);
});

const junk: readonly unknown[] = [
  ...[null, true, '', 'x', 'HETERO:', '*/_ORT_MEM_ADDR_/*', 'y', -1, 0, 1, 2.5, 2 ** 31, 2 ** 53],
  ...[[], {}, [[]], {x: {}}, Array(200).fill(0)],
];

/** A copy with one value somewhere inside replaced, removed or doubled. */
function mutated(value: unknown, random: SeededRandom): unknown {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.93)) {
    const at = random.whole(0, value.length - 1);
    if (random.chance(0.1)) return value.toSpliced(at, 1);
    if (random.chance(0.1)) return value.toSpliced(at, 0, value[at]);
    return value.with(at, mutated(value[at], random));
  }
  if (typeof value === 'object' && value !== null && random.chance(0.93)) {
    const entries = Object.entries(value);
    const at = random.whole(0, entries.length - 1);
    const [key, inner] = entries[at] ?? ['', undefined];
    if (random.chance(0.1)) return Object.fromEntries(entries.toSpliced(at, 1));
    return {...value, [key]: mutated(inner, random)};
  }
  return random.pick(junk);
}
