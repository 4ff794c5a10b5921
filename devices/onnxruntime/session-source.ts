import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {weightsLocation} from '../../schemas/network-blob.js';
import {InferenceError} from '../../src/errors.js';
import {externalTensors} from '../../src/network/external-data.js';
import type {NodeProto} from '../../src/network/generated/onnx_pb.js';
import {parseModel} from '../../src/network/parse-model.js';
import {readNetwork} from '../../src/network/read-network.js';
import {withoutInitializers} from '../../src/network/without-initializers.js';
import {writeModel} from '../../src/network/write-model.js';
import {type Backend, compiledLocation, type OpenOptions} from './backend.js';
import {type DescribedSession, describeSession} from './described-session.js';
import {usefulMessage} from './ort-message.js';
import {sizeProblem} from './size-problem.js';
import {openTemporaryFolder} from './temporary-folder.js';

/** What a kernel's worker is started with. */
export interface KernelSetup {
  /** A serialised ModelProto, one copy for all workers. */
  readonly model: SharedArrayBuffer;
  readonly weightsFile: string | undefined;
  /** Threads inside one inference. */
  readonly threads: number;
  /** The model was optimised before, and is opened as it is. */
  readonly compiled: boolean;
}

export interface MeasuringDescribedSession extends DescribedSession {
  /** See MeasuringSession. */
  end(): Promise<string>;
}

/** Opens sessions of one network. */
export class SessionSource {
  readonly #backend: Backend;
  readonly #setup: KernelSetup;
  #named: boolean | undefined;

  constructor(backend: Backend, setup: KernelSetup) {
    this.#backend = backend;
    this.#setup = setup;
  }

  /** Rejects with COMPILE_FAILED. */
  async open(): Promise<DescribedSession> {
    const {model, weightsFile, compiled} = this.#setup;
    if (compiled) checkCompiled(this.model());
    const problem = await sizeProblem(this.#backend, model.byteLength, weightsFile);
    if (problem !== undefined) throw new InferenceError('COMPILE_FAILED', problem);
    return this.#open(new Uint8Array(model));
  }

  /**
   * A session in which these initializers are inputs. Rejects with UNKNOWN_INPUT for what is not an
   * initializer that may be overridden, or with COMPILE_FAILED.
   */
  async openVariant(overridden: readonly string[]): Promise<DescribedSession> {
    return this.#open(variant(this.model(), overridden));
  }

  /** The same, measuring; `overridden` may be empty. */
  async openMeasuring(overridden: readonly string[]): Promise<MeasuringDescribedSession> {
    const named = this.#namedModel();
    const model = overridden.length === 0 ? named : variant(named, overridden);
    const opening = this.#backend.openMeasuring(model, this.#options);
    const {session, end} = await opening.catch(compileFailed);
    return {...describeSession(session, () => this.#declaredScalars()), end};
  }

  /** The network as sessions run it; undefined where the build, or the network, cannot be saved. */
  async optimized(): Promise<Uint8Array | undefined> {
    const {weightsFile, compiled} = this.#setup;
    if (compiled) return this.model();
    const folder = await openTemporaryFolder();
    try {
      await this.#backend.save?.(this.#namedModel(), {weightsFile, folder: folder.path});
      return await readFile(join(folder.path, compiledLocation));
    } catch {
      return undefined;
    } finally {
      await folder.remove();
    }
  }

  /** A copy of the network: text cannot be decoded out of shared memory. */
  model(): Uint8Array {
    return new Uint8Array(this.#setup.model).slice();
  }

  /** With the names of operations, by which ONNX Runtime tells of kernels. */
  #namedModel(): Uint8Array {
    const model = this.model();
    this.#named ??= areNamed(parseModel(model).graph.node);
    return this.#named ? model : writeModel(readNetwork(model).model);
  }

  get #options(): OpenOptions {
    const {threads, weightsFile, compiled} = this.#setup;
    return {threads, weightsFile, optimize: !compiled};
  }

  async #open(model: Uint8Array): Promise<DescribedSession> {
    const opening = this.#backend.open(model, this.#options);
    return describeSession(await opening.catch(compileFailed), () => this.#declaredScalars());
  }

  #declaredScalars(): ReadonlySet<string> {
    const {inputs, overridable, outputs} = readNetwork(this.model());
    const scalars = [...inputs, ...overridable, ...outputs].filter(
      ({shape}) => shape?.length === 0,
    );
    return new Set(scalars.map(({name}) => name));
  }
}

function areNamed(nodes: readonly NodeProto[]): boolean {
  const names = new Set(nodes.map(({name}) => name));
  return names.size === nodes.length && !names.has('');
}

/** The network in which these initializers are inputs. Throws UNKNOWN_INPUT. */
function variant(model: Uint8Array, overridden: readonly string[]): Uint8Array {
  const allowed = readNetwork(model).overridable.map(({name}) => name);
  const unknown = overridden.find(name => !allowed.includes(name));
  if (unknown === undefined) return withoutInitializers(model, overridden);
  const known = allowed.join(', ') || 'none';
  throw new InferenceError(
    'UNKNOWN_INPUT',
    `${unknown} is neither an input nor an initializer that may be overridden (${known})`,
  );
}

/**
 * What was compiled elsewhere may come from anybody: ONNX Runtime is to read no file but the weights
 * beside it, and no memory that a location names. Throws PATH_REFUSED or INVALID_NETWORK.
 */
function checkCompiled(bytes: Uint8Array): void {
  const tensors = externalTensors(parseModel(bytes));
  const elsewhere = tensors.find(({location}) => location !== weightsLocation);
  if (elsewhere === undefined) return;
  const text = `tensor "${elsewhere.tensor.name}" lies in another file than ${weightsLocation}`;
  throw new InferenceError('PATH_REFUSED', text);
}

function compileFailed(error: unknown): never {
  throw new InferenceError('COMPILE_FAILED', usefulMessage(error));
}
