import {toBinary} from '@bufbuild/protobuf';
import {type ModelProto, ModelProtoSchema} from './generated/onnx_pb.js';

/** The bytes of an ONNX file. */
export function writeModel(model: ModelProto): Uint8Array {
  return toBinary(ModelProtoSchema, model);
}
