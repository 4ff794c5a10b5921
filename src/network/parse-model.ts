import {fromBinary} from '@bufbuild/protobuf';
import {InferenceError} from '../errors.js';
import {type GraphProto, type ModelProto, ModelProtoSchema} from './generated/onnx_pb.js';

/** From this version of the format on, a model names the operator sets that it uses. */
const irVersionOfOpsets = 3n;

/**
 * The model in an ONNX file; its tensors are views of `bytes`. Throws INVALID_NETWORK for anything
 * that is none, or is cut short.
 */
export function parseModel(bytes: Uint8Array): ModelProto & {readonly graph: GraphProto} {
  if (bytes.length === 0) throw invalid('the file is empty');
  const model = parse(bytes);
  const {graph} = model;
  if (graph === undefined) throw invalid('there is no graph in it');
  if (model.irVersion <= 0n) throw invalid('it does not say its IR version');
  if (model.opsetImport.length === 0 && model.irVersion >= irVersionOfOpsets) {
    throw invalid('it names no operator sets; it may be cut short');
  }
  return Object.assign(model, {graph});
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`it is cut short, or no protobuf (${reason})`, cause);
  }
}

function invalid(why: string, cause?: unknown): InferenceError {
  return new InferenceError('INVALID_NETWORK', `not an ONNX network: ${why}`, {}, {cause});
}
