import {create} from '@bufbuild/protobuf';
import test from 'ava';
import fc from 'fast-check';
import type {ErrorCode} from '../../../../schemas/errors.js';
import {InferenceError} from '../../../../src/errors.js';
import {
  SparseTensorProtoSchema,
  TypeProto_SequenceSchema,
  TypeProtoSchema,
} from '../../../../src/network/generated/onnx_pb.js';
import {readNetwork} from '../../../../src/network/read-network.js';
import {tensorProto} from '../../../../src/network/tensor-proto.js';
import {tensorTypeOfOnnx} from '../../../../src/network/value-types.js';
import {writeModel} from '../../../../src/network/write-model.js';
import {externalTensorProto} from '../../../support/external-network.js';
import {NetworkBuilder} from '../../../support/network-builder.js';
import {randomNetwork} from '../../../support/random-network.js';
import {tensorOf} from '../../../support/tensor-of.js';

/** x -> Relu -> y */
function relu(): NetworkBuilder {
  return new NetworkBuilder().input('x', 'f32', ['n', 2]).node('Relu', 'x', 'y').output('y');
}

const text = (content: string) => new TextEncoder().encode(content);
const f32 = tensorOf('f32', [2], [1, 2]);

const refusals: readonly (readonly [string, ErrorCode, Uint8Array, RegExp])[] = [
  ['an empty file', 'INVALID_NETWORK', new Uint8Array(), /not an ONNX network: the file is empty/],
  ['text', 'INVALID_NETWORK', text('hello, world'), /not an ONNX network/],
  ['JSON', 'INVALID_NETWORK', text('{"nodes": []}'), /not an ONNX network/],
  [
    'a network without operator sets',
    'INVALID_NETWORK',
    writeModel({...relu().model(), opsetImport: []}),
    /no operator sets/,
  ],
  [
    'a cycle',
    'INVALID_NETWORK',
    relu().node('Add', 'x b', 'a').node('Neg', 'a', 'b', {}, 'back').bytes(),
    /nodes form a cycle: Add at position 1 -> "back" -> Add at position 1/,
  ],
  [
    'a value that is made twice',
    'INVALID_NETWORK',
    relu().node('Neg', 'x', 'y').bytes(),
    /value "y" is made twice: by node Relu at position 0 and by node Neg at position 1/,
  ],
  [
    'a node that makes an initializer again',
    'INVALID_NETWORK',
    relu().initializer('w', f32).node('Neg', 'x', 'w').bytes(),
    /value "w" is made twice: by an initializer and by node Neg at position 1/,
  ],
  [
    'a value that nothing makes',
    'INVALID_NETWORK',
    relu().node('Add', 'x ghost', 'z', {}, 'add').bytes(),
    /node "add" reads "ghost", which nothing makes/,
  ],
  [
    'a body that captures what nothing makes',
    'INVALID_NETWORK',
    relu()
      .input('on', 'bool', [])
      .node('If', 'on', 'z', {
        then_branch: new NetworkBuilder().node('Neg', 'ghost', 'p').output('p').graph(),
        else_branch: new NetworkBuilder().node('Neg', 'x', 'q').output('q').graph(),
      })
      .bytes(),
    /node If at position 1 reads "ghost"/,
  ],
  [
    'an output that nothing makes',
    'INVALID_NETWORK',
    relu().output('z').bytes(),
    /output "z" is made by nothing/,
  ],
  [
    'an initializer of too few bytes',
    'INVALID_NETWORK',
    relu()
      .initializer('w', {...tensorProto('w', f32), dims: [3n]})
      .bytes(),
    /tensor "w" of shape \[3\] and ONNX data type 1 holds 8 bytes, expected 12/,
  ],
  [
    'a negative dimension',
    'INVALID_NETWORK',
    relu()
      .initializer('w', {...tensorProto('w', f32), dims: [-2n]})
      .bytes(),
    /tensor "w" has dimensions \[-2\]/,
  ],
  [
    'more elements than can be counted',
    'INVALID_NETWORK',
    relu()
      .initializer('w', {...tensorProto('w', f32), dims: [2n ** 62n, 2n ** 62n]})
      .bytes(),
    /tensor "w" has dimensions/,
  ],
  ...['/etc/passwd', '../w.bin', 'a/../../w.bin', 'a\\w.bin', 'C:w.bin', '', '*/memory'].map(
    location =>
      [
        `weights at ${JSON.stringify(location)}`,
        'PATH_REFUSED',
        relu()
          .initializer('w', externalTensorProto([2], {location}))
          .bytes(),
        /external tensor "w" lies at ".*": expected a relative path/,
      ] as const,
  ),
  [
    'very many dimensions',
    'INVALID_NETWORK',
    relu()
      .initializer('w', {...tensorProto('w', f32), dims: new Array(1_000_000).fill(2n ** 62n)})
      .bytes(),
    /tensor "w" has dimensions/,
  ],
  [
    'an output that is listed twice',
    'INVALID_NETWORK',
    relu().output('y').bytes(),
    /output "y" is listed twice/,
  ],
  [
    'external weights without a location',
    'INVALID_NETWORK',
    relu()
      .initializer('w', externalTensorProto([2], {offset: '0'}))
      .bytes(),
    /external tensor "w" has no location/,
  ],
  [
    'external weights of another length',
    'INVALID_NETWORK',
    relu()
      .initializer('w', externalTensorProto([2], {location: 'w.bin', length: '9'}))
      .bytes(),
    /external tensor "w" has a length of 9 bytes where its type and shape need 8/,
  ],
  [
    'external weights at a negative offset',
    'INVALID_NETWORK',
    relu()
      .initializer('w', externalTensorProto([2], {location: 'w.bin', offset: '-1'}))
      .bytes(),
    /external tensor "w" has the offset "-1"/,
  ],
];

for (const [what, code, bytes, message] of refusals) {
  test(`refuses ${what}`, t => {
    const error = t.throws(() => readNetwork(bytes), {instanceOf: InferenceError});
    t.is(error.code, code);
    t.regex(error.message, message);
  });
}

test('refuses an input that is a sequence or whose elements do not travel', t => {
  const elemType = tensorTypeOfOnnx(1, null);
  const value = {
    case: 'sequenceType',
    value: create(TypeProto_SequenceSchema, {elemType}),
  } as const;
  const types = [create(TypeProtoSchema, {value}), tensorTypeOfOnnx(16, [1])];
  for (const [index, type] of types.entries()) {
    const model = relu().model();
    if (model.graph?.input[0] !== undefined) model.graph.input[0].type = type;
    const error = t.throws(() => readNetwork(writeModel(model)), {instanceOf: InferenceError});
    t.is(error.code, 'NOT_IMPLEMENTED');
    t.regex(
      error.message,
      index === 0 ? /"x" is a sequence/ : /"x" is a tensor of ONNX data type 16/,
    );
  }
});

test('a file that is cut short is refused, wherever it is no whole message', t => {
  const {bytes} = randomNetwork(7);
  const read = Array.from({length: bytes.length}, (_, length) => {
    try {
      return readNetwork(bytes.subarray(0, length));
    } catch (error) {
      t.is(InferenceError.from(error).code, 'INVALID_NETWORK');
      return undefined;
    }
  });
  // Only operator sets and functions come behind the graph.
  t.true(read.filter(network => network !== undefined).length <= 3);
});

test('bytes that are changed anywhere give a network or a typed error', t => {
  const {bytes} = randomNetwork(3);
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, {minLength: 1, maxLength: 4}), changes => {
      const changed = bytes.slice();
      for (const [index, byte] of changes) changed[index] = byte;
      try {
        readNetwork(changed);
      } catch (error) {
        if (!(error instanceof InferenceError)) throw error;
      }
    }),
    {numRuns: 2000},
  );
  t.pass();
});

test('random bytes are no network', t => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 200}), bytes => {
      t.throws(() => readNetwork(bytes), {instanceOf: InferenceError});
    }),
  );
});

test('says what the network takes and gives, as far as the file knows', t => {
  const network = readNetwork(
    new NetworkBuilder('both')
      .input('x', 'f32', ['n', 2])
      .overridable('w', f32)
      .initializer('b', f32)
      .node('Sum', 'x w b', 's')
      .node('Cast', 's', 'y', {to: 7n})
      .output('s')
      .output('y', 'i64', ['n', 2])
      .bytes(),
  );
  t.is(network.graph.name, 'both');
  t.deepEqual(network.inputs, [{name: 'x', type: 'f32', shape: ['n', 2]}]);
  t.deepEqual(network.overridable, [{name: 'w', type: 'f32', shape: [2]}]);
  t.deepEqual(network.outputs, [
    {name: 's', type: undefined, shape: null},
    {name: 'y', type: 'i64', shape: ['n', 2]},
  ]);
  t.deepEqual(network.graph.inputs, ['x']);
  t.deepEqual(network.graph.overridable, ['w']);
  t.deepEqual(
    network.graph.initializers,
    new Map([
      ['w', 8],
      ['b', 8],
    ]),
  );
  t.deepEqual(
    network.graph.values,
    new Map([
      ['y', {kind: 'tensor', type: 'i64', shape: ['n', 2]}],
      ['x', {kind: 'tensor', type: 'f32', shape: ['n', 2]}],
      ['w', {kind: 'tensor', type: 'f32', shape: [2]}],
    ]),
  );
});

test('before version 4 of the format an initializer that is an input is a constant', t => {
  const builder = relu().overridable('w', f32).irVersion(3);
  const network = readNetwork(builder.bytes());
  t.deepEqual(network.graph.inputs, ['x']);
  t.deepEqual(network.graph.overridable, []);
  t.deepEqual([...network.graph.initializers.keys()], ['w']);
});

test('nodes are sorted and named, and reading what was written changes nothing', t => {
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [1])
      .node('Neg', 'b', 'c', {}, 'same')
      .node('Relu', 'a', 'b', {}, 'same')
      .node('Abs', 'x', 'a')
      .output('c')
      .bytes(),
  );
  const names = network.graph.operations.map(operation => operation.name);
  t.deepEqual(names, ['Abs_0', 'same', 'same#2']);
  t.deepEqual(
    network.graph.operations.map(operation => operation.type),
    ['Abs', 'Relu', 'Neg'],
  );
  t.deepEqual(
    network.model.graph?.node.map(node => node.name),
    names,
  );
  const again = readNetwork(writeModel(network.model));
  t.deepEqual(again.graph, network.graph);
});

test('operations read optional inputs only where they are given, and captured values', t => {
  // x -> Clip - top -> k; If(on): k + w | 0 - inner, where inner hides the value of that name
  const then_branch = new NetworkBuilder().node('Add', 'k w', 'p').output('p');
  const else_branch = new NetworkBuilder()
    .initializer('inner', f32)
    .node('Neg', 'inner', 'q')
    .output('q');
  const network = readNetwork(
    new NetworkBuilder()
      .input('x', 'f32', [2])
      .input('on', 'bool', [])
      .initializer('top', tensorOf('f32', [], [1]))
      .initializer('w', f32)
      .node('Clip', 'x - top', 'k')
      .node('Abs', 'x', 'inner')
      .node('If', 'on', 'y', {
        then_branch: then_branch.graph(),
        else_branch: else_branch.graph(),
      })
      .output('y')
      .bytes(),
  );
  const [clip, , branch] = network.graph.operations;
  t.deepEqual(clip?.inputs, ['x', 'top']);
  t.deepEqual(branch?.inputs, ['on', 'k', 'w']);
});

test('a sparse initializer counts as one', t => {
  const model = relu().node('Add', 'x w', 'z').output('z').model();
  const values = tensorProto('w', tensorOf('f32', [1], [5]));
  const indices = tensorProto('', tensorOf('i64', [1], [1]));
  const sparse = create(SparseTensorProtoSchema, {values, indices, dims: [2n]});
  model.graph?.sparseInitializer.push(sparse);
  const {graph} = readNetwork(writeModel(model));
  t.deepEqual([...graph.initializers], [['w', 12]]);
  t.deepEqual(graph.inputs, ['x']);
});

test('a chain longer than the call stack, listed backwards, is sorted', t => {
  const length = 20_000;
  const builder = new NetworkBuilder().input('v0', 'f32', [1]).output(`v${length}`);
  for (let index = length; index > 0; index--) builder.node('Relu', `v${index - 1}`, `v${index}`);
  const {graph} = readNetwork(builder.bytes());
  t.is(graph.operations[0]?.inputs[0], 'v0');
  t.is(graph.operations.at(-1)?.outputs[0], `v${length}`);
});

test('the type of an output that is an initializer is that of its tensor', t => {
  const {graph} = readNetwork(
    new NetworkBuilder()
      .initializer('y', tensorOf('i64', [2]))
      .output('y')
      .bytes(),
  );
  t.deepEqual(graph.values.get('y'), {kind: 'tensor', type: 'i64', shape: [2]});
});
