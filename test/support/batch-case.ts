import test, {type ExecutionContext} from 'ava';
import type {NamedTensors, TensorData} from '../../schemas/tensor.js';
import {mergeTensors, rowsOf, splitTensors} from '../../src/app/batch-tensors.js';
import {InferenceError} from '../../src/errors.js';
import type {Network} from '../../src/network/network.js';
import {readNetwork} from '../../src/network/read-network.js';
import {writeModel} from '../../src/network/write-model.js';
import {type Rebatched, rebatch} from '../../src/transform/batch/rebatch.js';
import {differences} from './close-to.js';
import {inferValues} from './infer-values.js';
import {NetworkBuilder} from './network-builder.js';
import {runModel} from './run-model.js';
import {tensorOf} from './tensor-of.js';

/** A network that takes batches, made of a model as a coordinator makes it. */
export async function rebatched(model: Uint8Array): Promise<Rebatched> {
  const network = readNetwork(model);
  return rebatch(network, await inferValues(network));
}

/** Requests run as one, and each by itself on the same network, must give what each gives alone. */
export async function sameAsAlone(
  t: ExecutionContext,
  model: Uint8Array,
  requests: readonly NamedTensors[] = requestsOf(readNetwork(model)),
): Promise<void> {
  const {network} = await rebatched(model);
  const batched = writeModel(network.model);
  const together = await runModel(batched, mergeTensors(requests));
  const parts = splitTensors(
    together,
    requests.map(inputs => rowsOf(inputs) ?? 0),
  );
  for (const [at, inputs] of requests.entries()) {
    const expected = await runModel(model, inputs);
    t.deepEqual(differences(parts?.[at] ?? new Map(), expected), []);
    t.deepEqual(differences(await runModel(batched, inputs), expected), []);
  }
}

/** The network takes no batch, and says why. */
export async function refuses(
  t: ExecutionContext,
  model: Uint8Array,
  message: RegExp,
): Promise<void> {
  const code = 'UNSUPPORTED_OPERATIONS';
  await t.throwsAsync(rebatched(model), {instanceOf: InferenceError, code, message});
}

/** Of one row each where the network takes one, else of several; other free sizes are 3. */
export function requestsOf({inputs}: Network): readonly NamedTensors[] {
  const single = inputs.some(({shape}) => shape?.[0] === 1);
  return (single ? [1, 1, 1] : [2, 1, 3]).map((rows, seed) => {
    const entries = inputs.map(({name, type, shape}) => {
      const sizes = (shape ?? []).map((size, axis) => {
        return axis === 0 ? rows : typeof size === 'number' ? size : 3;
      });
      const count = sizes.reduce((product, size) => product * size, 1);
      const whole = type !== 'f32';
      const values = numbers(count, seed).map(value => (whole ? Math.floor(3 * value) + 1 : value));
      return [name, tensorOf(type, sizes, values)] as const;
    });
    return new Map<string, TensorData>(entries);
  });
}

export function numbers(count: number, seed: number): readonly number[] {
  return Array.from({length: count}, (_, at) => Math.sin(at * 1.7 + seed));
}

type Ints = Readonly<Record<string, number | readonly number[]>>;

/** A network of one input x [first, 4, 6], with whole numbers as initializers: scalars or lists. */
export function batchNetwork(first: number | string, ints: Ints = {}): NetworkBuilder {
  const builder = new NetworkBuilder('batch case').input('x', 'f32', [first, 4, 6]);
  for (const [name, value] of Object.entries(ints)) {
    const values = typeof value === 'number' ? [value] : value;
    builder.initializer(
      name,
      tensorOf('i64', typeof value === 'number' ? [] : [values.length], values),
    );
  }
  return builder;
}

/** By title: a network whose output is y, and why it takes no batch if it does not. */
export type BatchCases = Readonly<Record<string, readonly [NetworkBuilder, RegExp?]>>;

/** Checks each network with requests, or that it is refused for the reason. */
export function checkBatches(cases: BatchCases): void {
  for (const [title, [builder, message]] of Object.entries(cases)) {
    test(title, async t => {
      const model = builder.output('y').bytes();
      if (message === undefined) await sameAsAlone(t, model);
      else await refuses(t, model, message);
    });
  }
}
