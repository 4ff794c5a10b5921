import type {ModelProto} from '../../network/generated/onnx_pb.js';

/** The version of ONNX's own operator set that a model asks for; 1 if it names none. */
export function operatorSet({opsetImport}: ModelProto): number {
  const own = opsetImport.find(({domain}) => domain === '' || domain === 'ai.onnx');
  return Number(own?.version ?? 1);
}
