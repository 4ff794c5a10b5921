import {create} from '@bufbuild/protobuf';
import test from 'ava';
import {TensorProtoSchema} from '../../../../src/network/generated/onnx_pb.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {skeleton} from '../../../../src/network/skeleton.js';
import {tensorProto} from '../../../../src/network/tensor-proto.js';
import {writeModel} from '../../../../src/network/write-model.js';
import {externalNetwork} from '../../../support/external-network.js';
import {inferValues} from '../../../support/infer-values.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {randomNetwork} from '../../../support/random-network.js';
import {runModel} from '../../../support/run-model.js';
import {tensorOf} from '../../../support/tensor-of.js';

test('large initializers become inputs, small ones and overridable ones stay', t => {
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', ['n', 4])
      .overridable('large', tensorOf('f32', [4]))
      .overridable('small', tensorOf('f32', [1]))
      .initializer('w', tensorOf('f32', [4, 4]))
      .initializer('axes', tensorOf('i64', [1], [0]))
      .node('MatMul', 'x w', 'h')
      .node('Sum', 'h large small', 's')
      .node('Unsqueeze', 's axes', 'y')
      .output('y')
      .bytes(),
  );
  const light = skeleton(network, 8);
  t.deepEqual(light.inputs, [
    {name: 'x', type: 'f32', shape: ['n', 4]},
    {name: 'large', type: 'f32', shape: [4]},
    {name: 'w', type: 'f32', shape: [4, 4]},
  ]);
  t.deepEqual(light.graph.overridable, ['small']);
  t.deepEqual([...light.graph.initializers.keys()], ['small', 'axes']);
  t.deepEqual(light.graph.operations, network.graph.operations);
});

test('weights of bodies are fed from outside under names of their own', async t => {
  // Both bodies call their weight w, and so does a value outside.
  const body = (type: string, values: number[]) =>
    new NetworkBuilder()
      .initializer('v', tensorOf('f32', [3], values))
      .node(type, 'x v', 'p')
      .output('p')
      .graph();
  const builder = new NetworkBuilder()
    .input('x', 'f32', [3])
    .input('on', 'bool', [])
    .input('v/lifted', 'f32', [3])
    .node('If', 'on', 'h', {
      then_branch: body('Add', [1, 2, 3]),
      else_branch: body('Mul', [4, 5, 6]),
    })
    .node('Add', ['h', 'v/lifted'], 'y')
    .output('y');
  const light = skeleton(readNetwork(builder.bytes()), 8);
  const lifted = light.inputs.map(input => input.name).slice(3);
  t.is(lifted.length, 2);
  const feeds = new Map([
    ['x', tensorOf('f32', [3], [1, 1, 1])],
    ['on', tensorOf('bool', [], [false])],
    ['v/lifted', tensorOf('f32', [3], [0, 0, 1])],
    [lifted[0] ?? '', tensorOf('f32', [3], [1, 2, 3])],
    [lifted[1] ?? '', tensorOf('f32', [3], [4, 5, 6])],
  ]);
  const results = await runModel(writeModel(light.model), feeds);
  t.deepEqual([...(results.get('y')?.data ?? [])], [4, 5, 7]);
});

test('a Constant with a large tensor is an input instead', t => {
  const value = tensorProto('', tensorOf('f32', [4]));
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [4])
      .node('Constant', '', 'c', {value}, 'constant')
      .node('Add', 'x c', 'y', {}, 'add')
      .output('y')
      .bytes(),
  );
  const light = skeleton(network, 8);
  t.deepEqual(
    light.graph.operations.map(operation => operation.name),
    ['add'],
  );
  t.deepEqual(light.inputs.at(-1), {name: 'c', type: 'f32', shape: [4]});
});

test('a network with external weights loads without its files, and keeps its names', async t => {
  const network = readNetwork(externalNetwork().bytes);
  const light = readNetwork(writeModel(skeleton(network, 4096).model));
  t.deepEqual(
    light.graph.operations.map(operation => operation.name),
    network.graph.operations.map(operation => operation.name),
  );
  const values = await inferValues(light);
  t.deepEqual(values.get('k'), {kind: 'tensor', type: 'f32', shape: [2, 2]});
});

test('large weights of a type that does not travel become zeros without bytes', async t => {
  const w = create(TensorProtoSchema, {
    ...{dims: [2000n, 2n], dataType: 16},
    rawData: new Uint8Array(8000).fill(0x3f),
  });
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [2])
      .initializer('w', w)
      .node('Cast', 'w', 'c', {to: 1n})
      .node('Add', 'x c', 'y')
      .output('y')
      .bytes(),
  );
  const bytes = writeModel(skeleton(network, 4096).model);
  t.true(bytes.length < 1000);
  const values = await inferValues(readNetwork(bytes));
  t.deepEqual(values.get('y'), {kind: 'tensor', type: 'f32', shape: [2000, 2]});
});

for (let seed = 100; seed < 120; seed++) {
  test(`types of random network ${seed} are inferred the same without its weights`, async t => {
    const network = readNetwork(randomNetwork(seed).bytes);
    const light = readNetwork(writeModel(skeleton(network, 32).model));
    t.deepEqual(await inferValues(light), await inferValues(network));
  });
}
