import test from 'ava';
import type {NamedTensors} from '../../../../../schemas/tensor.js';
import {mergeTensors, rowsOf, splitTensors} from '../../../../../src/app/batch-tensors.js';
import {InferenceError} from '../../../../../src/errors.js';
import type {Network} from '../../../../../src/network/network.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {writeModel} from '../../../../../src/network/write-model.js';
import {rebatch} from '../../../../../src/transform/batch/rebatch.js';
import {differences} from '../../../../support/close-to.js';
import {inferValues} from '../../../../support/infer-values.js';
import {openSession, runSession} from '../../../../support/run-model.js';
import {shapeArithmeticNetwork} from '../../../../support/shape-arithmetic-network.js';

const [first, count] = [Number(process.env['SEED'] ?? 1), Number(process.env['COUNT'] ?? 400)];

type Outcome = 'invalid' | 'refused' | 'same' | {readonly wrong: readonly string[]};

async function runAll(
  model: Uint8Array,
  all: readonly NamedTensors[],
): Promise<readonly NamedTensors[]> {
  const session = await openSession(model);
  try {
    const results: NamedTensors[] = [];
    for (const inputs of all) results.push(await runSession(session, inputs));
    return results;
  } finally {
    await session.release();
  }
}

async function rebatched(network: Network): Promise<Uint8Array | undefined> {
  try {
    return writeModel(rebatch(network, await inferValues(network)).network.model);
  } catch (error) {
    if (error instanceof InferenceError && error.code === 'UNSUPPORTED_OPERATIONS')
      return undefined;
    throw error;
  }
}

/** What becomes of a random network: each request of a batch must give what it gives alone. */
async function outcomeOf(seed: number): Promise<Outcome> {
  const {bytes, requests} = shapeArithmeticNetwork(seed);
  let alone: readonly NamedTensors[];
  try {
    alone = await runAll(bytes, requests);
  } catch {
    return 'invalid';
  }
  const batched = await rebatched(readNetwork(bytes));
  if (batched === undefined) return 'refused';
  try {
    const [together, ...apart] = await runAll(batched, [mergeTensors(requests), ...requests]);
    const rows = requests.map(inputs => rowsOf(inputs) ?? 0);
    const parts = together && splitTensors(together, rows);
    const wrong = alone.flatMap((expected, at) => [
      ...differences(parts?.[at] ?? new Map(), expected),
      ...differences(apart[at] ?? new Map(), expected),
    ]);
    return wrong.length === 0 ? 'same' : {wrong};
  } catch (error) {
    return {wrong: [String(error)]};
  }
}

test('random networks give in a batch what they give alone, if they take one', async t => {
  const outcomes = new Map<string, number>();
  const wrong: string[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await outcomeOf(seed);
    if (typeof outcome === 'object') wrong.push(`seed ${seed}: ${outcome.wrong[0]}`);
    const kind = typeof outcome === 'object' ? 'wrong' : outcome;
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
  }
  t.deepEqual(wrong, []);
  t.log(Object.fromEntries(outcomes));
  t.true((outcomes.get('same') ?? 0) > count / 3);
  t.true((outcomes.get('refused') ?? 0) > count / 10);
  t.true((outcomes.get('invalid') ?? 0) < count / 10);
});
