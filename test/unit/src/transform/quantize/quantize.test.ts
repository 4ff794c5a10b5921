import {readFile} from 'node:fs/promises';
import test, {type ExecutionContext} from 'ava';
import type {NamedTensors, TensorData} from '../../../../../schemas/tensor.js';
import {readNpy} from '../../../../../src/cli/npy.js';
import {transform} from '../../../../../src/index.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {digitsPath} from '../../../../support/digits.js';
import {drawNetwork} from '../../../../support/draw-network.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {runModel} from '../../../../support/run-model.js';
import {runTemplate} from '../../../../support/run-template.js';
import {SeededRandom} from '../../../../support/seeded-random.js';
import {tensorOf} from '../../../../support/tensor-of.js';

function drawn(model: Uint8Array): readonly string[] {
  return drawNetwork(readNetwork(model));
}

function uniform(seed: number, shape: readonly number[]): TensorData {
  const random = new SeededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  return tensorOf(
    'f32',
    shape,
    Array.from({length: count}, () => random.next() * 2 - 1),
  );
}

/** x f32[n,3] times 3×2 weights. */
function product(): NetworkBuilder {
  return new NetworkBuilder('product')
    .input('x', 'f32', ['n', 3])
    .initializer('w', tensorOf('f32', [3, 2], [1.27, 0.5, -0.4, 0, 0.314, -0.25]))
    .node('MatMul', 'x w', 'y', {}, 'product')
    .output('y', 'f32', ['n', 2]);
}

const rows = tensorOf('f32', [2, 3], [1, 2.1, 0.5, -1, 0.25, 3]);

async function close(
  t: ExecutionContext,
  given: Uint8Array,
  expected: Uint8Array,
  {inputs, within}: {readonly inputs: NamedTensors; readonly within: number},
): Promise<void> {
  const [one, other] = [await runModel(given, inputs), await runModel(expected, inputs)];
  for (const [name, tensor] of other) {
    const is = one.get(name);
    t.deepEqual(is?.shape, tensor.shape);
    const off = Array.from(tensor.data as Float32Array, (value, at) =>
      Math.abs(value - Number(is?.data[at])),
    );
    t.true(Math.max(...off) <= within, `${name} is off by ${Math.max(...off)}`);
    t.true(Math.max(...off) > 0, 'something was quantised');
  }
}

test('weights: int8 of each column, with a scale of its greatest over 127', async t => {
  const {model, quantized, skipped} = transform.quantize(product().bytes(), {mode: 'weights'});
  t.deepEqual(drawn(model), ['w/int8/1 -> DQ -> w/dequantized', 'x w/dequantized -> MatMul -> y']);
  t.deepEqual(skipped, []);
  t.like(quantized[0], {name: 'product', type: 'MatMul', as: 'weights'});
  // Columns of 1.27, -0.4, 0.314 and 0.5, 0, -0.25: steps of 0.01 and 0.5 / 127.
  const first = [127, -40, 31].map(steps => steps * 0.01);
  // -63.5 goes to the even one.
  const second = [127, 0, -64].map(steps => (steps * 0.5) / 127);
  const y = (await runModel(model, new Map([['x', rows]]))).get('y');
  const expected = [0, 3].flatMap(at =>
    [first, second].map(column => {
      return column.reduce((sum, weight, k) => sum + weight * Number(rows.data[at + k]), 0);
    }),
  );
  t.true(expected.every((value, at) => Math.abs(value - Number(y?.data[at])) < 1e-6));
  t.true(Math.abs((quantized[0]?.weightErrorMax ?? 0) - 0.004) < 1e-6);
});

test('dynamic: the product of integers, times both scales', async t => {
  const {model, quantized} = transform.quantize({parsed: readNetwork(product().bytes())});
  t.like(quantized[0], {name: 'product', as: 'dynamic'});
  t.deepEqual(drawn(model), [
    'x -> DynamicQuantizeLinear -> x/uint8 x/scale x/zero-point',
    'x/uint8 w/uint8/1 x/zero-point uint8/128 -> MatMulInteger -> y/sums',
    'y/sums -> Cast -> y/wide',
    'x/scale w/scale/1 -> Mul -> y/scale',
    'y/wide y/scale -> Mul -> y',
  ]);
  // x from -1 to 3: a step of 4 / 255, and zero at 63.75, so 64.
  const steps = (value: number) => Math.round(value / (4 / 255));
  const weights = [
    [127, -40, 31],
    [127, 0, -64],
  ];
  const expected = [0, 3].flatMap(at =>
    weights.map((column, n) => {
      const sum = column.reduce((all, w, k) => all + w * steps(Number(rows.data[at + k])), 0);
      return sum * (4 / 255) * (n === 0 ? 0.01 : 0.5 / 127);
    }),
  );
  const y = (await runModel(model, new Map([['x', rows]]))).get('y');
  t.true(expected.every((value, at) => Math.abs(value - Number(y?.data[at])) < 1e-5));
});

test('dynamic: Gemm with a transposed matrix, a factor and something to add', async t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', ['n', 6])
    .initializer('w', uniform(1, [4, 6]))
    .initializer('b', uniform(2, [4]))
    .node('Gemm', 'x w b', 'y', {transB: 1n, alpha: 0.5}, 'fc')
    .output('y', 'f32');
  const {model, quantized} = transform.quantize(network.bytes());
  t.is(quantized[0]?.as, 'dynamic');
  t.false(drawn(model).some(line => line.includes('Gemm')));
  const inputs = new Map([['x', uniform(3, [5, 6])]]);
  await close(t, model, network.bytes(), {inputs, within: 0.02});
});

test('dynamic: a convolution in groups, with padding and a bias', async t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', ['n', 4, 5, 5])
    .initializer('w', uniform(1, [6, 2, 3, 3]))
    .initializer('b', uniform(2, [6]))
    .node('Conv', 'x w b', 'c', {group: 2n, pads: [1n, 1n, 1n, 1n], strides: [2n, 1n]}, 'conv')
    .node('Conv', 'x w', 'd', {group: 2n, dilations: [2n, 1n]}, 'plain')
    .output('c', 'f32')
    .output('d', 'f32');
  const {model, quantized} = transform.quantize(network.bytes());
  t.deepEqual(
    quantized.map(({as}) => as),
    ['dynamic', 'dynamic'],
  );
  const lines = drawn(model);
  // What two operations read is quantised once, and so are weights that they share.
  t.is(lines.filter(line => line.includes('DynamicQuantizeLinear')).length, 1);
  const inputs = new Map([['x', uniform(3, [2, 4, 5, 5])]]);
  await close(t, model, network.bytes(), {inputs, within: 0.05});
});

test('rows of a table are looked up as int8, each with a scale of its own', async t => {
  const network = new NetworkBuilder()
    .input('ids', 'i64', ['n', 2])
    .initializer('table', tensorOf('f32', [3, 2], [1.27, 0.5, 12.7, -3, 0.127, 0.0304]))
    .node('Gather', 'table ids', 'y', {}, 'embed')
    .output('y', 'f32', ['n', 2, 2]);
  const ids = new Map([['ids', tensorOf('i64', [2, 2], [2n, 0n, -2n, 2n])]]);
  for (const perChannel of [true, false]) {
    const {model} = transform.quantize(network.bytes(), {perChannel});
    const steps = perChannel ? [0.01, 0.1, 0.001] : [0.1, 0.1, 0.1];
    const expected = [2, 0, 1, 2].flatMap(row => {
      const step = steps[row] ?? 1;
      const values = [
        [1.27, 0.5],
        [12.7, -3],
        [0.127, 0.0304],
      ][row];
      return (values ?? []).map(value => Math.round(value / step) * step);
    });
    const y = (await runModel(model, ids)).get('y');
    t.deepEqual(y?.shape, [2, 2, 2]);
    t.true(expected.every((value, at) => Math.abs(value - Number(y?.data[at])) < 1e-5));
  }
});

test('weights of a recurrent network are int8 as well', async t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', [3, 1, 4])
    .initializer('w', uniform(1, [1, 20, 4]))
    .initializer('r', uniform(2, [1, 20, 5]))
    .node('LSTM', 'x w r', 'y', {hidden_size: 5n}, 'lstm')
    .output('y', 'f32');
  const {model, quantized, bytesAfter, bytesBefore} = transform.quantize(network.bytes());
  t.like(quantized[0], {name: 'lstm', as: 'weights'});
  t.true(bytesAfter < bytesBefore);
  await close(t, model, network.bytes(), {
    inputs: new Map([['x', uniform(3, [3, 1, 4])]]),
    within: 0.01,
  });
});

test('weights that several operations share are kept once', t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', [2, 4])
    .initializer('w', uniform(1, [4, 4]))
    .node('MatMul', 'x w', 'a')
    .node('MatMul', 'a w', 'y')
    .output('y', 'f32');
  for (const mode of ['weights', 'dynamic'] as const) {
    const {model} = transform.quantize(network.bytes(), {mode});
    const sizes = [...readNetwork(model).graph.initializers.values()];
    t.is(sizes.filter(bytes => bytes === 16).length, 2);
    t.false(sizes.includes(64));
  }
});

test('what cannot be quantised is left as it is, and the reason said', t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', [2, 4])
    .overridable('o', uniform(1, [4, 4]))
    .initializer('nan', tensorOf('f32', [4, 4], new Array(16).fill(Number.NaN)))
    .initializer('v', uniform(2, [4]))
    .initializer('one', uniform(3, [1, 4]))
    .initializer('double', tensorOf('f64', [4, 4]))
    .initializer('w', uniform(4, [4, 4]))
    .node('MatMul', 'x x', 'a', {}, 'computed')
    .node('MatMul', 'x o', 'b', {}, 'overridable')
    .node('MatMul', 'x nan', 'c', {}, 'not finite')
    .node('MatMul', 'x v', 'd', {}, 'vector')
    .node('Cast', 'x', 'xd', {to: 11n})
    .node('MatMul', 'xd double', 'f', {}, 'double')
    .node('MatMul', 'x w', 'g', {}, 'kept')
    .node('Conv', 'x', 'h', {}, 'no weights')
    .output('g');
  const {quantized, skipped, model} = transform.quantize(network.bytes(), {except: ['kept']});
  t.deepEqual(quantized, []);
  const reasons = skipped.map(({name, reason}) => `${name}: ${reason}`);
  t.deepEqual(reasons, [
    'computed: it computes with x, which is no constant',
    'overridable: its weights o lie outside the file, or a request may override them',
    'not finite: its weights nan are not all finite',
    'vector: its weights v are of rank 1, not 2 or more',
    'double: its weights double are f64, not f32',
    'kept: it was to stay as it is',
    'no weights: it has no weights',
  ]);
  t.deepEqual(drawn(model), drawn(network.bytes()));
});

test('a mode or an operation that is not there is refused', t => {
  const mode = 'int4' as 'weights';
  t.throws(() => transform.quantize(product().bytes(), {mode}), {
    code: 'INVALID_ARGUMENT',
    message: "expected a mode out of weights, dynamic, static, given 'int4'",
  });
  t.throws(() => transform.quantize(product().bytes(), {except: ['produkt']}), {
    code: 'UNKNOWN_OPERATION',
    message: /given 'produkt'; did you mean 'product'\?$/,
  });
});

test('an old operator set gets one scale for each tensor, or nothing', t => {
  const at = (version: number) => product().opset('', version).bytes();
  const old = transform.quantize(at(12));
  t.true(drawn(old.model).includes('x/scale w/scale -> Mul -> y/scale'));
  const older = transform.quantize(at(9));
  t.deepEqual(older.quantized, []);
  t.regex(older.skipped[0]?.reason ?? '', /operator set 9, and dynamic needs 11 or later/);
  const oldest = transform.quantize(product().irVersion(3).bytes());
  t.regex(oldest.skipped[0]?.reason ?? '', /older than ONNX IR version 4/);
});

test('zeros stay zeros exactly, and a column of zeros has a scale', async t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', [1, 2])
    .initializer('w', tensorOf('f32', [2, 2], [0, 0.3, 0, 0]))
    .node('MatMul', 'x w', 'y')
    .output('y', 'f32');
  for (const mode of ['weights', 'dynamic'] as const) {
    const {model} = transform.quantize(network.bytes(), {mode});
    const y = (await runModel(model, new Map([['x', tensorOf('f32', [1, 2], [0, 7])]]))).get('y');
    t.deepEqual(y?.data, Float32Array.of(0, 0));
  }
});

async function digits() {
  const folder = new URL('.', `file://${digitsPath}`);
  const read = async (name: string) => readNpy(await readFile(new URL(name, folder)), name);
  const [images, labels] = [await read('images.npy'), await read('labels.npy')];
  const image = Float32Array.from(images.data as Uint8Array, grey => grey / 16);
  return {
    bytes: await readFile(digitsPath),
    labels: labels.data as Uint8Array,
    sample: {image: {type: 'f32', shape: [450, 1, 8, 8], data: image}} as const,
  };
}

for (const mode of ['weights', 'dynamic'] as const) {
  for (const perChannel of [true, false]) {
    test(`digits as ${mode}, per channel ${perChannel}: small and hardly worse`, async t => {
      const {bytes, labels, sample} = await digits();
      const {model, bytesBefore, bytesAfter, skipped} = transform.quantize(bytes, {
        mode,
        perChannel,
      });
      t.deepEqual(skipped, []);
      t.true(bytesAfter < bytesBefore / 3, `${bytesAfter} of ${bytesBefore}`);
      const run = (network: Uint8Array) => async (inputs: object) =>
        Object.fromEntries(await runModel(network, new Map(Object.entries(inputs)), 'all'));
      const [error] = await transform.measureError({
        before: run(bytes),
        after: run(model),
        samples: [sample],
      });
      t.like(error, {output: 'logits', elements: 4500});
      t.true((error?.argMaxAgreement ?? 0) >= 0.99, `${error?.argMaxAgreement}`);
      t.true((error?.signalToNoiseDb ?? 0) > 35, `${error?.signalToNoiseDb}`);
      const [before, after] = [
        await right(bytes, sample, labels),
        await right(model, sample, labels),
      ];
      t.true(after >= before - 4, `${after} of ${before} are still right`);
    });
  }
}

async function right(model: Uint8Array, sample: object, labels: Uint8Array): Promise<number> {
  const logits = (await runModel(model, new Map(Object.entries(sample)), 'all')).get('logits');
  return [...labels].filter((label, row) => {
    const scores = Array.from(logits?.data as Float32Array).slice(row * 10, row * 10 + 10);
    return scores.indexOf(Math.max(...scores)) === label;
  }).length;
}

test('TEMPLATE runs int8 weights too', async t => {
  const {model} = transform.quantize(product().bytes(), {mode: 'weights'});
  const inputs = new Map([['x', rows]]);
  const [one, other] = [runTemplate(model, inputs), await runModel(model, inputs)];
  const off = Array.from(one.get('y')?.data as Float32Array, (value, at) =>
    Math.abs(value - Number(other.get('y')?.data[at])),
  );
  t.true(Math.max(...off) < 1e-6);
});
