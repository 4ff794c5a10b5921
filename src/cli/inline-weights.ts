import {type FileHandle, open} from 'node:fs/promises';
import type {Network} from '../client/network.js';
import {InferenceError, invariant} from '../errors.js';
import {externalTensors, isExternal} from '../network/external-data.js';
import type {ModelProto, TensorProto} from '../network/generated/onnx_pb.js';
import {mapTensors} from '../network/map-tensors.js';
import type {Network as ParsedNetwork} from '../network/network.js';
import {networkOf} from '../network/network-of.js';
import {withFields} from '../network/with-fields.js';

/** More than this fits into no ONNX file. */
const weightsBytesMax = 2 ** 31 - 1;

/**
 * The network with the weights inside that it keeps in files. Rejects with INVALID_ARGUMENT if they
 * are too many, FILE_UNREADABLE if a file cannot be read.
 */
export async function inlineWeights({parsed, files}: Network): Promise<ParsedNetwork> {
  const external = externalTensors(parsed.model);
  if (external.length === 0 || parsed.model.graph === undefined) return parsed;
  const bytes = external.reduce((sum, {length}) => sum + length, 0);
  if (bytes > weightsBytesMax) {
    const text = `expected at most ${weightsBytesMax} bytes of weights, given ${bytes}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const contents = new Map<TensorProto, Uint8Array>();
  const handles = new Map<string, FileHandle>();
  try {
    for (const {tensor, location, offset, length} of external) {
      const handle = handles.get(location) ?? (await openFile(files.get(location)));
      handles.set(location, handle);
      const content = new Uint8Array(length);
      await handle.read(content, 0, length, offset);
      contents.set(tensor, content);
    }
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  } finally {
    await Promise.all([...handles.values()].map(handle => handle.close()));
  }
  const graph = mapTensors(parsed.model.graph, tensor => inlined(tensor, contents.get(tensor)));
  return networkOf(withFields<ModelProto>(parsed.model, {graph}), graph);
}

function openFile(path: string | undefined): Promise<FileHandle> {
  invariant(path !== undefined, 'every location of external data was found');
  return open(path);
}

function inlined(tensor: TensorProto, rawData: Uint8Array | undefined): TensorProto {
  if (!isExternal(tensor) || rawData === undefined) return tensor;
  return withFields(tensor, {rawData, externalData: [], dataLocation: 0});
}
