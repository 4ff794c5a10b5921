import {readFile, realpath, stat} from 'node:fs/promises';
import {dirname, isAbsolute, join, relative, sep} from 'node:path';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {nearestName} from '../nearest-name.js';
import {externalTensors} from '../network/external-data.js';
import type {OutputInfo, Network as ParsedNetwork} from '../network/network.js';
import {readNetwork} from '../network/read-network.js';
import {type DeclaredState, declaredStates, type StateDeclaration} from './declared-state.js';

export interface OperationInfo {
  /** Unique; an operation without a name in the file gets one from its type and position. */
  readonly name: string;
  /** `Conv`; `com.microsoft.FusedConv` outside ai.onnx. */
  readonly type: string;
}

/** Protobuf messages end here; larger networks keep their weights in files beside them. */
const modelBytesMax = 2 ** 31 - 1;

/** An ONNX network that has been read, and the wishes that go with it. */
export class Network {
  /** For Core. */
  readonly parsed: ParsedNetwork;
  /** For Core: the file of each location that external tensors name. */
  readonly files: ReadonlyMap<string, string>;
  readonly #affinity = new Map<string, string>();
  #states: readonly DeclaredState[] = [];

  constructor(parsed: ParsedNetwork, files: ReadonlyMap<string, string>) {
    this.parsed = parsed;
    this.files = files;
  }

  get name(): string {
    return this.parsed.graph.name;
  }

  /** What every request must bring. */
  get inputs(): readonly TensorInfo[] {
    return this.parsed.inputs;
  }

  /** `type` is undefined and `shape` null where the file does not say. */
  get outputs(): readonly OutputInfo[] {
    return this.parsed.outputs;
  }

  /** In topological order. */
  get operations(): readonly OperationInfo[] {
    return this.parsed.graph.operations.map(({name, type}) => ({name, type}));
  }

  /** Outputs that are inputs of the next inference, as set. */
  get states(): readonly DeclaredState[] {
    return this.#states;
  }

  /**
   * Declares which outputs are inputs of the next inference of a request, all of them at once. They
   * stay on the device: a request neither brings these inputs nor gets these outputs. Throws
   * UNKNOWN_INPUT, UNKNOWN_OUTPUT, INVALID_ARGUMENT (an input of unknown size needs an initial
   * tensor; some output is to be none), TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH.
   */
  setState(states: readonly StateDeclaration[]): void {
    this.#states = declaredStates(this, states);
  }

  /** Operation to device, as set. */
  get affinity(): ReadonlyMap<string, string> {
    return this.#affinity;
  }

  /**
   * Places an operation by hand. All operations (but those that only make constants) or none: loading
   * checks that. Throws UNKNOWN_OPERATION, INVALID_DEVICE for what is no text.
   */
  setAffinity(operation: string, device: string): void {
    if (typeof device !== 'string') {
      const text = `${operation}: expected a device such as 'CPU', given ${String(device)}`;
      throw new InferenceError('INVALID_DEVICE', text, {operation});
    }
    const names = this.parsed.graph.operations.map(({name}) => name);
    if (!names.includes(operation)) {
      const nearest = nearestName(operation, names);
      const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
      const text = `${this.name} has no operation '${operation}'${hint}`;
      throw new InferenceError('UNKNOWN_OPERATION', text, {operation});
    }
    this.#affinity.set(operation, device);
  }

  clearAffinity(): void {
    this.#affinity.clear();
  }
}

/**
 * Reads an ONNX network from a file (external data lies in the same folder or below) or from bytes
 * (no external data then). Rejects with FILE_UNREADABLE, INVALID_NETWORK, or PATH_REFUSED for
 * external data outside the network's folder.
 */
export async function openNetwork(source: string | Uint8Array): Promise<Network> {
  if (typeof source !== 'string') return fromBytes(source);
  const parsed = readNetwork(await readModelFile(source));
  return new Network(parsed, await externalFiles(source, parsed));
}

function fromBytes(bytes: Uint8Array): Network {
  if (!(bytes instanceof Uint8Array)) {
    const text = `expected a path or a Uint8Array, given ${typeof bytes}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }
  const parsed = readNetwork(bytes);
  const [external] = externalTensors(parsed.model);
  if (external !== undefined) {
    const text = `the network keeps weights in ${external.location}: read it by its path`;
    throw new InferenceError('FILE_UNREADABLE', text);
  }
  return new Network(parsed, new Map());
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    const {size} = await stat(path);
    if (size > modelBytesMax) {
      const expected = `at most ${modelBytesMax} bytes beside external data`;
      const text = `${path}: expected ${expected}, given ${size}`;
      throw new InferenceError('INVALID_NETWORK', text);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    const {message} = InferenceError.from(error);
    const text = `expected a network's file at ${path}: ${message}`;
    throw new InferenceError('FILE_UNREADABLE', text, {}, {cause: error});
  }
}

/** Checks what `readNetwork` cannot: links that lead outside, files that are absent or too short. */
async function externalFiles(
  path: string,
  {model}: ParsedNetwork,
): Promise<ReadonlyMap<string, string>> {
  const folder = await realpath(dirname(path));
  const files = new Map<string, string>();
  const sizes = new Map<string, number>();
  for (const {location, offset, length, tensor} of externalTensors(model)) {
    if (!files.has(location)) {
      const file = await resolveInside(folder, location);
      files.set(location, file);
      sizes.set(location, await sizeOf(file));
    }
    const size = sizes.get(location) ?? 0;
    if (offset + length > size) {
      throw new InferenceError(
        'FILE_UNREADABLE',
        `${location}: expected ${length} bytes for ${tensor.name} from ${offset} on, ` +
          `the file has ${size}`,
      );
    }
  }
  return files;
}

async function resolveInside(folder: string, location: string): Promise<string> {
  let file: string;
  try {
    file = await realpath(join(folder, location));
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
  const inside = relative(folder, file);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    const text = `external data ${location} leads outside the network's folder`;
    throw new InferenceError('PATH_REFUSED', text);
  }
  return file;
}

async function sizeOf(path: string): Promise<number> {
  try {
    const file = await stat(path);
    if (file.isFile()) return file.size;
  } catch (error) {
    throw InferenceError.from(error, 'FILE_UNREADABLE');
  }
  throw new InferenceError('FILE_UNREADABLE', `${path}: expected a file of weights`);
}
