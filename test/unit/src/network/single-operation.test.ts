import test from 'ava';
import {parseModel} from '../../../../src/network/parse-model.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {singleOperation} from '../../../../src/network/single-operation.js';
import {withValues} from '../../../../src/network/with-values.js';
import {externalNetwork} from '../../../support/external-network.js';
import {inferValues} from '../../../support/infer-values.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {randomNetwork} from '../../../support/random-network.js';
import {openSession} from '../../../support/run-model.js';
import {tensorOf} from '../../../support/tensor-of.js';

const network = readNetwork(
  new NetworkBuilder()
    .input('x', 'f32', ['n', 40])
    .initializer('w', tensorOf('f32', [40, 40]))
    .initializer('shape', tensorOf('i64', [2], [40, -1]))
    .node('MatMul', 'x w', 'h')
    .node('Reshape', 'h shape', 'y')
    .output('y')
    .bytes(),
);

test('large initializers are inputs, small ones are inside', t => {
  const values = new Map([['h', {kind: 'tensor', type: 'f32', shape: ['n', 40]} as const]]);
  const matMul = parseModel(singleOperation(network, 0, values) ?? new Uint8Array()).graph;
  t.deepEqual(
    matMul.input.map(input => input.name),
    ['x', 'w'],
  );
  const reshape = parseModel(singleOperation(network, 1, values) ?? new Uint8Array()).graph;
  t.deepEqual(
    reshape.input.map(input => input.name),
    ['h'],
  );
  t.deepEqual(
    reshape.initializer.map(tensor => tensor.name),
    ['shape'],
  );
});

test('there is none while the type of an input is unknown', t => {
  t.is(singleOperation(network, 1), undefined);
});

test('external weights need not be there', async t => {
  const external = readNetwork(externalNetwork().bytes);
  const values = new Map([['k', {kind: 'tensor', type: 'f32', shape: [2, 2]} as const]]);
  for (const index of [0, 2]) {
    const model = singleOperation(external, index, values);
    const session = await openSession(model ?? new Uint8Array());
    await session.release();
  }
  t.pass();
});

for (let seed = 200; seed < 215; seed++) {
  test(`ONNX Runtime loads every operation of random network ${seed} alone`, async t => {
    const random = readNetwork(randomNetwork(seed).bytes);
    const {values, operations} = withValues(random.graph, await inferValues(random));
    for (const [index, operation] of operations.entries()) {
      const model = singleOperation(random, index, values);
      if (model === undefined) {
        t.is(operation.type, 'SequenceAt');
        continue;
      }
      const session = await openSession(model);
      t.deepEqual(session.outputNames, operation.outputs);
      await session.release();
    }
  });
}
