import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {create} from '@bufbuild/protobuf';
import test from 'ava';
import {weightsLocation} from '../../../../schemas/network-blob.js';
import type {NamedTensors, TensorData} from '../../../../schemas/tensor.js';
import {type ExtractedStage, extractStage} from '../../../../src/network/extract-stage.js';
import type {WeightRange} from '../../../../src/network/gather-weights.js';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorAnnotationSchema,
} from '../../../../src/network/generated/onnx_pb.js';
import {parseModel} from '../../../../src/network/parse-model.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {withValues} from '../../../../src/network/with-values.js';
import {writeModel} from '../../../../src/network/write-model.js';
import {cutInTwo} from '../../../support/cut-in-two.js';
import {externalNetwork} from '../../../support/external-network.js';
import {inferValues} from '../../../support/infer-values.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {randomNetwork} from '../../../support/random-network.js';
import {runModel} from '../../../support/run-model.js';
import {tensorOf} from '../../../support/tensor-of.js';

const x = tensorOf('f32', [2, 2], [1, -2, 3, -4]);

/** The tensors among `all` that a stage takes; what else it has are overridable initializers. */
function feedsOf({model}: ExtractedStage, all: NamedTensors): NamedTensors {
  const {inputs} = readNetwork(model);
  return new Map(inputs.map(({name}) => [name, all.get(name) ?? x]));
}

for (let seed = 0; seed < 40; seed++) {
  test(`random network ${seed} cut anywhere gives what it gives undivided`, async t => {
    const {bytes, inputs} = randomNetwork(seed);
    const network = readNetwork(bytes);
    const {values} = withValues(network.graph, await inferValues(network));
    const expected = await runModel(bytes, inputs);
    let cuts = 0;
    for (let count = 1; count < network.graph.operations.length; count++) {
      const parts = cutInTwo(network, count, values);
      if (parts === undefined) continue;
      const given = new Map(inputs);
      for (const part of parts) {
        if (part.outputs.length === 0) continue;
        const stage = extractStage(network, part, values);
        for (const made of await runModel(stage.model, feedsOf(stage, given))) given.set(...made);
      }
      const results = [...expected.keys()].map(name => [name, given.get(name)] as const);
      t.deepEqual(new Map(results), expected, `cut behind operation ${count}`);
      cuts++;
    }
    t.true(cuts > 0 || network.graph.operations.length < 4);
  });
}

test('a network whose file makes false claims of shapes can be cut all the same', async t => {
  // Exported for a batch of 1, whose input was made dynamic afterwards.
  const bytes = new NetworkBuilder()
    .input('x', 'f32', ['n', 2])
    .input('shape', 'i64', ['rank'])
    .node('Relu', 'x', 'h')
    .node('Reshape', 'h shape', 'r')
    .node('Neg', 'r', 's')
    .node('Abs', 's', 'y')
    .claim('h', 'f32', [1, 2])
    .claim('r', 'f32', [1, 2])
    .output('s', 'f32')
    .output('y', 'f32', [1, 2])
    .bytes();
  const shape = tensorOf('i64', [3], [1n, 4n, 1n]);
  const network = readNetwork(bytes);
  const {values} = withValues(network.graph, await inferValues(network));
  t.deepEqual(values.get('h'), {kind: 'tensor', type: 'f32', shape: ['n', 2]});
  t.deepEqual(values.get('r'), {kind: 'tensor', type: 'f32', shape: null});
  const inputs = new Map([
    ['x', x],
    ['shape', shape],
  ]);
  const expected = await runModel(bytes, inputs);
  for (const count of [1, 2, 3]) {
    const given: Map<string, TensorData> = new Map(inputs);
    for (const part of cutInTwo(network, count, values) ?? []) {
      const stage = extractStage(network, part, values);
      for (const made of await runModel(stage.model, feedsOf(stage, given))) given.set(...made);
    }
    t.deepEqual(given.get('y'), expected.get('y'), `cut behind operation ${count}`);
  }
});

test('a stage holds its initializers and nothing of the others', t => {
  // x -> MatMul a -> h -> MatMul b -> y
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', ['n', 2])
      .initializer('a', tensorOf('f32', [2, 2]))
      .initializer('b', tensorOf('f32', [2, 2]))
      .node('MatMul', 'x a', 'h')
      .node('MatMul', 'h b', 'y')
      .output('y')
      .bytes(),
  );
  const part = {name: 'first', operations: [0], inputs: network.inputs, outputs: ['h']};
  const {model, weights} = extractStage(network, {...part, overridable: []});
  const stage = readNetwork(model);
  t.is(stage.graph.name, 'first');
  t.deepEqual([...stage.graph.initializers], [['a', 16]]);
  t.deepEqual(stage.inputs, network.inputs);
  t.deepEqual(stage.outputs, [{name: 'h', type: undefined, shape: null}]);
  t.deepEqual(weights, []);
});

test('an overridable initializer stays one only where the part says so', t => {
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [2])
      .overridable('a', tensorOf('f32', [2]))
      .overridable('b', tensorOf('f32', [2]))
      .node('Sum', 'x a b', 'y')
      .output('y', 'f32', [2])
      .bytes(),
  );
  const part = {name: 'all', operations: [0], inputs: network.inputs, outputs: ['y']};
  const stage = readNetwork(extractStage(network, {...part, overridable: ['b']}).model);
  t.deepEqual(stage.graph.overridable, ['b']);
  t.deepEqual([...stage.graph.initializers.keys()], ['a', 'b']);
  t.deepEqual(stage.outputs, network.outputs);
});

test('a stage takes the local functions that it calls, and those that they call', t => {
  const inner = new NetworkBuilder().node('Relu', 'a', 'b');
  const outer = new NetworkBuilder().opset('local', 1).node('local.Inner', 'a', 'b');
  const network = readNetwork(
    new NetworkBuilder()
      .function('local.Inner', 'a', 'b', inner)
      .function('local.Outer', 'a', 'b', outer)
      .function('local.Other', 'a', 'b', inner)
      .input('x', 'f32', [2, 2])
      .node('local.Outer', 'x', 'h')
      .node('local.Other', 'h', 'y')
      .output('y')
      .bytes(),
  );
  const part = {name: 'first', operations: [0], inputs: network.inputs, outputs: ['h']};
  const {functions} = parseModel(extractStage(network, {...part, overridable: []}).model);
  t.deepEqual(
    functions.map(each => each.name),
    ['Inner', 'Outer'],
  );
});

test('external weights move to one file of aligned ranges, each once', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'heterodyne-'));
  t.teardown(() => rm(folder, {recursive: true}));
  const {bytes, files, inputs} = externalNetwork();
  await mkdir(join(folder, 'folder'));
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  await writeFile(join(folder, 'whole.onnx'), bytes);
  const expected = await runModel(join(folder, 'whole.onnx'), inputs);

  const network = readNetwork(bytes);
  const values = network.graph.values;
  const given = new Map(inputs);
  for (const part of cutInTwo(network, 1, values) ?? []) {
    const stage = extractStage(network, part, values);
    const starts = stage.weights.map(range => range.start);
    t.true(starts.every(start => start % 64 === 0));
    await writeFile(join(folder, weightsLocation), gather(stage.weights, files));
    await writeFile(join(folder, 'stage.onnx'), stage.model);
    const made = await runModel(join(folder, 'stage.onnx'), feedsOf(stage, given));
    for (const [name, tensor] of made) given.set(name, tensor);
  }
  t.deepEqual(given.get('y'), expected.get('y'));
});

function gather(ranges: readonly WeightRange[], files: ReadonlyMap<string, Uint8Array>) {
  const last = ranges.at(-1);
  const content = new Uint8Array(last === undefined ? 0 : last.start + last.length);
  for (const {location, offset, length, start} of ranges) {
    const file = files.get(location) ?? new Uint8Array();
    content.set(file.subarray(offset, offset + length), start);
  }
  return content;
}

test('a tensor that two stages or operations share is gathered once', t => {
  const network = readNetwork(externalNetwork().bytes);
  const part = {
    ...{name: 'all', operations: [...network.graph.operations.keys()]},
    ...{inputs: network.inputs, outputs: ['y'], overridable: []},
  };
  const {weights} = extractStage(network, part);
  t.deepEqual(weights, [
    {location: 'a.bin', offset: 8, length: 16, start: 0},
    {location: 'folder/b.bin', offset: 0, length: 16, start: 64},
  ]);
});

test('what the file says of its inputs, metadata and quantization survives', t => {
  const {graph, ...rest} = new NetworkBuilder()
    .input('x', 'f32', ['n', 2])
    .initializer('scale', tensorOf('f32', [], [0.5]))
    .node('Relu', 'x', 'h')
    .node('Relu', 'h', 'y')
    .output('y')
    .model();
  if (graph?.input[0] === undefined) return t.fail();
  graph.input[0].docString = 'an image';
  const scale = create(StringStringEntryProtoSchema, {key: 'SCALE_TENSOR', value: 'scale'});
  graph.quantizationAnnotation = ['h', 'y'].map(tensorName =>
    create(TensorAnnotationSchema, {tensorName, quantParameterTensorNames: [scale]}),
  );
  const metadataProps = [create(StringStringEntryProtoSchema, {key: 'author', value: 'me'})];
  const network = readNetwork(
    writeModel(create(ModelProtoSchema, {...rest, graph, metadataProps})),
  );
  const part = {name: 'first', operations: [0], inputs: network.inputs, outputs: ['h']};
  const stage = parseModel(extractStage(network, {...part, overridable: []}).model);
  t.is(stage.graph.input[0]?.docString, 'an image');
  t.is(stage.metadataProps[0]?.value, 'me');
  t.deepEqual(
    stage.graph.quantizationAnnotation.map(each => each.tensorName),
    ['h'],
  );
  t.deepEqual(
    stage.graph.initializer.map(each => each.name),
    ['scale'],
  );
});
