import {fromBinary} from '@bufbuild/protobuf';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {type TensorProto, TensorProtoSchema} from './generated/onnx_pb.js';
import {readTensor} from './tensor-proto.js';

/** The values in a file that holds one TensorProto. Throws INVALID_NETWORK, and as `readTensor`. */
export function parseTensor(bytes: Uint8Array): TensorData {
  return readTensor(parse(bytes));
}

function parse(bytes: Uint8Array): TensorProto {
  try {
    return fromBinary(TensorProtoSchema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const text = `not a tensor: it is cut short, or no protobuf (${reason})`;
    throw new InferenceError('INVALID_NETWORK', text, {}, {cause});
  }
}
