import {create} from '@bufbuild/protobuf';
import test from 'ava';
import {elementTypes, onnxDataTypes} from '../../../../schemas/element-type.js';
import {InferenceError} from '../../../../src/errors.js';
import {TensorProtoSchema} from '../../../../src/network/generated/onnx_pb.js';
import {readTensor, tensorProto} from '../../../../src/network/tensor-proto.js';
import {tensorOf} from '../../../support/tensor-of.js';

for (const type of elementTypes) {
  test(`tensors of ${type} survive a round trip: scalar, empty and full`, t => {
    const one = type === 'string' ? ['one'] : [1];
    const many = type === 'string' ? ['', 'é', 'zwölf', 'x', 'y', 'z'] : [0, 1, 2, 3, 4, 5];
    for (const tensor of [
      tensorOf(type, [], one),
      tensorOf(type, [0, 3]),
      tensorOf(type, [2, 3], many),
    ]) {
      t.deepEqual(readTensor(tensorProto('w', tensor)), tensor);
    }
  });
}

const typedFields = [
  ['f32', 'floatData', [0.5, -1]],
  ['f64', 'doubleData', [0.5, -1]],
  ['i64', 'int64Data', [-5n, 2n ** 40n]],
  ['u64', 'uint64Data', [5n, 2n ** 63n]],
  ['u32', 'uint64Data', [5n, 4_000_000_000n]],
  ['i32', 'int32Data', [-5, 7]],
  ['i16', 'int32Data', [-5, 7]],
  ['i8', 'int32Data', [-5, 7]],
  ['u16', 'int32Data', [65_535, 7]],
  ['u8', 'int32Data', [255, 7]],
  ['bool', 'int32Data', [1, 0]],
  ['f16', 'int32Data', [0x3c00, 0xc000]],
] as const;

for (const [type, field, values] of typedFields) {
  test(`elements of ${type} are read from ${field}`, t => {
    const proto = create(TensorProtoSchema, {
      ...{dims: [2n], dataType: onnxDataTypes[type]},
      [field]: [...values],
    });
    t.deepEqual(readTensor(proto), tensorOf(type, [2], values));
  });
}

test('raw bytes that do not lie aligned in their file are read', t => {
  const file = new Uint8Array(9);
  new DataView(file.buffer).setFloat32(1, 1.5, true);
  const rawData = file.subarray(1, 5);
  t.deepEqual(
    readTensor(create(TensorProtoSchema, {dims: [1n], dataType: 1, rawData})),
    tensorOf('f32', [1], [1.5]),
  );
});

test('raw bytes in a Buffer, as files are read into, are read', t => {
  const file = Buffer.alloc(9);
  file.writeFloatLE(1.5, 4);
  const rawData = file.subarray(4, 8);
  t.deepEqual(
    readTensor(create(TensorProtoSchema, {dims: [1n], dataType: 1, rawData})),
    tensorOf('f32', [1], [1.5]),
  );
});

test('a tensor that lies about its size is refused', t => {
  const lies = [
    {dims: [3n], dataType: 1, rawData: new Uint8Array(8)},
    {dims: [3n], dataType: 1, floatData: [1, 2]},
    {dims: [], dataType: 1, floatData: []},
    {dims: [2n], dataType: 8, stringData: [new Uint8Array()]},
    {dims: [-1n], dataType: 1, rawData: new Uint8Array()},
  ];
  for (const lie of lies) {
    const error = t.throws(() => readTensor(create(TensorProtoSchema, {...lie, name: 'w'})), {
      instanceOf: InferenceError,
    });
    t.is(error.code, 'INVALID_NETWORK');
    t.regex(error.message, /tensor "w"/);
  }
});

test('a tensor of a type that does not travel, or outside the model, is refused', t => {
  const refuse = (init: object) =>
    t.throws(() => readTensor(create(TensorProtoSchema, init)), {instanceOf: InferenceError}).code;
  t.is(refuse({dims: [], dataType: 16}), 'NOT_IMPLEMENTED');
  t.is(refuse({dims: [], dataType: 1, dataLocation: 1}), 'INVALID_NETWORK');
});
