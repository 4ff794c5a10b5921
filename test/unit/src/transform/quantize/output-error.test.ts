import test from 'ava';
import {InferenceError, transform} from '../../../../../src/index.js';
import {tensorOf} from '../../../../support/tensor-of.js';

/** A runner that gives these, one after another. */
function giving(...outputs: readonly ReturnType<typeof tensorOf>[]) {
  const left = outputs.values();
  return async () => {
    const {value} = left.next();
    return value === undefined ? {} : {y: value};
  };
}

const two = [{}, {}];

test('errors are summed over samples', async t => {
  const [error] = await transform.measureError({
    before: giving(tensorOf('f32', [1, 2], [3, 4]), tensorOf('f32', [1, 2], [0, 12])),
    after: giving(tensorOf('f32', [1, 2], [3, 5]), tensorOf('f32', [1, 2], [3, 12])),
    samples: two,
  });
  t.is(error?.elements, 4);
  t.is(error?.maxAbs, 3);
  t.is(error?.meanAbs, 1);
  // 9 + 16 + 144 = 169 of signal, 1 + 9 = 10 of noise, 9 + 25 + 9 + 144 = 187 of the other.
  t.is(error?.signalToNoiseDb, 10 * Math.log10(16.9));
  t.is(error?.cosine, (9 + 20 + 144) / Math.sqrt(169 * 187));
  t.is(error?.argMaxAgreement, 1);
});

test('arg-max counts rows along the last axis', async t => {
  const [error] = await transform.measureError({
    before: giving(tensorOf('i64', [2, 2, 2], [1n, 2n, 5n, 3n, 0n, 1n, 7n, 7n])),
    after: giving(tensorOf('i64', [2, 2, 2], [2n, 1n, 5n, 4n, 0n, 1n, 6n, 7n])),
    samples: [{}],
  });
  t.is(error?.argMaxAgreement, 0.5);
});

test('the same outputs have no error, and rows of one no arg-max', async t => {
  const y = tensorOf('f16', [3, 1], [0x3c00, 0xc000, 0]);
  const [error] = await transform.measureError({
    before: giving(y),
    after: {createInferRequest: () => ({infer: giving(y)})},
    samples: [{}],
  });
  t.deepEqual(error, {
    output: 'y',
    elements: 3,
    maxAbs: 0,
    meanAbs: 0,
    cosine: 1,
    signalToNoiseDb: Number.POSITIVE_INFINITY,
    argMaxAgreement: undefined,
  });
});

test('outputs that cannot be compared are refused', async t => {
  const before = () => giving(tensorOf('f32', [2], [1, 2]));
  const measure = (after: ReturnType<typeof giving>) =>
    t.throwsAsync(transform.measureError({before: before(), after, samples: [{}]}), {
      instanceOf: InferenceError,
    });
  t.like(await measure(giving(tensorOf('f32', [1, 2], [1, 2]))), {code: 'SHAPE_MISMATCH'});
  t.like(await measure(giving(tensorOf('i8', [2], [1, 2]))), {code: 'TYPE_MISMATCH'});
  t.like(await measure(giving()), {code: 'TYPE_MISMATCH'});
});
