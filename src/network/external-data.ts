import {InferenceError} from '../errors.js';
import {everyTensor} from './every-tensor.js';
import type {ModelProto, TensorProto} from './generated/onnx_pb.js';
import {packedBytes} from './tensor-bytes.js';

/** Where a tensor's bytes lie outside the model: a file beside it, and a range in bytes. */
export interface ExternalTensor {
  readonly tensor: TensorProto;
  /** Relative to the model's folder, and inside it by its text; links are the reader's to refuse. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** `TensorProto.DataLocation.EXTERNAL`. */
const external = 1;

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === external;
}

/** Tensors that a model keeps outside itself. Throws as `externalTensor` does. */
export function externalTensors(model: ModelProto): readonly ExternalTensor[] {
  return [...everyTensor(model)].filter(isExternal).map(externalTensor);
}

/** The files that a model's external tensors name, each once, in order of first use. */
export function externalLocations(model: ModelProto): readonly string[] {
  return [...new Set(externalTensors(model).map(({location}) => location))];
}

/**
 * Where an external tensor lies. Throws PATH_REFUSED for a location outside the model's folder,
 * INVALID_NETWORK for a range that is none or does not hold the tensor exactly.
 */
export function externalTensor(tensor: TensorProto): ExternalTensor {
  const entries = new Map(tensor.externalData.map(({key, value}) => [key, value]));
  const location = entries.get('location');
  if (location === undefined) throw invalid(tensor, 'no location');
  checkLocation(location, tensor.name);
  const expected = packedBytes(tensor);
  if (expected === undefined) throw invalid(tensor, `the data type ${tensor.dataType}`);
  const offset = byteCount(tensor, 'offset', entries.get('offset')) ?? 0;
  const length = byteCount(tensor, 'length', entries.get('length')) ?? expected;
  if (length !== expected) {
    throw invalid(tensor, `a length of ${length} bytes where its type and shape need ${expected}`);
  }
  return {tensor, location, offset, length};
}

function checkLocation(location: string, name: string): void {
  const leaves = location.split('/').includes('..');
  const absolute = location.startsWith('/') || /^[A-Za-z]:/.test(location);
  // ONNX Runtime reads locations that start with an asterisk as addresses in its own memory.
  const special = location === '' || location.startsWith('*') || /[\\\0]/.test(location);
  if (!leaves && !absolute && !special) return;
  throw new InferenceError(
    'PATH_REFUSED',
    `external tensor "${name}" lies at ${JSON.stringify(location)}: expected a relative path ` +
      "with forward slashes inside the network's folder",
  );
}

function byteCount(tensor: TensorProto, key: string, text: string | undefined) {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw invalid(tensor, `the ${key} ${JSON.stringify(text)}`);
}

function invalid(tensor: TensorProto, what: string): InferenceError {
  return new InferenceError('INVALID_NETWORK', `external tensor "${tensor.name}" has ${what}`);
}
