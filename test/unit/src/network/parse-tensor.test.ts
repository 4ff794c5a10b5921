import {toBinary} from '@bufbuild/protobuf';
import test from 'ava';
import {InferenceError} from '../../../../src/errors.js';
import {TensorProtoSchema} from '../../../../src/network/generated/onnx_pb.js';
import {parseTensor} from '../../../../src/network/parse-tensor.js';
import {tensorProto} from '../../../../src/network/tensor-proto.js';
import {sampleTensors} from '../../../support/sample-tensors.js';

test('tensors of every type are read from a file', t => {
  for (const tensor of sampleTensors.values()) {
    const bytes = toBinary(TensorProtoSchema, tensorProto('x', tensor));
    t.deepEqual(parseTensor(bytes), tensor);
    t.deepEqual(parseTensor(Buffer.from(bytes)), tensor);
  }
});

test('a file that is cut short, or no tensor, is refused', t => {
  const [tensor] = sampleTensors.values();
  const bytes = toBinary(TensorProtoSchema, tensorProto('x', tensor ?? t.fail()));
  const refuse = (broken: Uint8Array) =>
    t.throws(() => parseTensor(broken), {instanceOf: InferenceError}).code;
  t.is(refuse(bytes.subarray(0, bytes.length - 2)), 'INVALID_NETWORK');
  t.is(refuse(new TextEncoder().encode('not a tensor at all')), 'INVALID_NETWORK');
  t.is(refuse(new Uint8Array()), 'NOT_IMPLEMENTED');
});
