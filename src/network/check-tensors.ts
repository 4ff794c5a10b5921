import {onnxDataTypes} from '../../schemas/element-type.js';
import {InferenceError} from '../errors.js';
import {everyTensor} from './every-tensor.js';
import {externalTensor, isExternal} from './external-data.js';
import type {ModelProto, TensorProto} from './generated/onnx_pb.js';
import {elementCount, packedBytes} from './tensor-bytes.js';

/**
 * Throws INVALID_NETWORK for a tensor whose bytes are not as many as its type and shape need;
 * for external ones as `externalTensor`.
 */
export function checkTensors(model: ModelProto): void {
  for (const tensor of everyTensor(model)) {
    if (isExternal(tensor)) externalTensor(tensor);
    else checkInline(tensor);
  }
}

function checkInline(tensor: TensorProto): void {
  if (Object.hasOwn(tensor, 'rawData')) {
    check(tensor, 'bytes', tensor.rawData.length, packedBytes(tensor));
  } else if (tensor.dataType === onnxDataTypes.string) {
    check(tensor, 'strings', tensor.stringData.length, elementCount(tensor.dims, tensor.name));
  }
}

function check(tensor: TensorProto, unit: string, given: number, expected: number | undefined) {
  if (given === expected || expected === undefined) return;
  throw new InferenceError(
    'INVALID_NETWORK',
    `tensor "${tensor.name}" of shape [${tensor.dims}] and ONNX data type ${tensor.dataType} ` +
      `holds ${given} ${unit}, expected ${expected}`,
  );
}
