import type {InferenceSession, Tensor} from 'onnxruntime-node';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import type {InferenceResult} from '../../src/plugin/plugin.js';
import type {Backend} from './backend.js';
import {failedOperation, usefulMessage} from './ort-message.js';
import {elementTypeOfOrt, fromOrt, toOrt} from './ort-tensor.js';
import {SessionVariants} from './session-variants.js';

/** What a kernel's worker is started with. */
export interface KernelSetup {
  /** A serialised ModelProto, one copy for all workers. */
  readonly model: SharedArrayBuffer;
  readonly weightsFile: string | undefined;
  readonly threads: number;
}

export interface KernelDescription {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** A warm session in a worker thread. One inference at a time. */
export class Kernel {
  readonly description: KernelDescription;
  readonly #backend: Backend;
  readonly #session: InferenceSession;
  readonly #variants: SessionVariants;

  private constructor(backend: Backend, session: InferenceSession, variants: SessionVariants) {
    this.#backend = backend;
    this.#session = session;
    this.#variants = variants;
    this.description = {
      inputs: session.inputMetadata.map(value => describe('input', value)),
      outputs: session.outputMetadata.map(value => describe('output', value)),
    };
  }

  /** Rejects with COMPILE_FAILED. */
  static async open(backend: Backend, setup: KernelSetup): Promise<Kernel> {
    const session = await openSession(backend, new Uint8Array(setup.model), setup);
    const variants = new SessionVariants(async () => session);
    return new Kernel(backend, session, variants);
  }

  /** Rejects with MISSING_INPUT, UNKNOWN_INPUT, SIZE_MISMATCH or STAGE_FAILED. */
  async infer(tensors: NamedTensors): Promise<InferenceResult> {
    const session = await this.#sessionFor(tensors);
    const feeds = this.#feeds(session, tensors);
    const startMs = performance.now();
    const results = await run(session, feeds);
    const executeUs = (performance.now() - startMs) * 1000;
    const outputs = session.outputNames.map(name => [name, fromOrt(name, results[name])] as const);
    return {tensors: new Map(outputs), executeUs};
  }

  #sessionFor(tensors: NamedTensors): InferenceSession | Promise<InferenceSession> {
    const {inputNames} = this.#session;
    if (tensors.size === inputNames.length) return this.#session;
    const overridden = [...tensors.keys()].filter(name => !inputNames.includes(name));
    return overridden.length === 0 ? this.#session : this.#variants.session(overridden);
  }

  #feeds(session: InferenceSession, tensors: NamedTensors): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = Object.create(null);
    for (const name of session.inputNames) {
      const tensor = tensors.get(name);
      if (tensor === undefined) {
        const given = [...tensors.keys()].join(', ') || 'none';
        throw new InferenceError('MISSING_INPUT', `input ${name} is missing; given: ${given}`);
      }
      feeds[name] = toOrt(this.#backend, name, tensor);
    }
    return feeds;
  }
}

async function openSession(
  backend: Backend,
  model: Uint8Array,
  {threads, weightsFile}: KernelSetup,
): Promise<InferenceSession> {
  try {
    return await backend.open(model, {threads, weightsFile, optimize: true});
  } catch (error) {
    throw new InferenceError('COMPILE_FAILED', usefulMessage(error));
  }
}

async function run(session: InferenceSession, feeds: Record<string, Tensor>) {
  try {
    return await session.run(feeds, {logSeverityLevel: 4});
  } catch (error) {
    const operation = failedOperation(error);
    const place = operation === undefined ? {} : {operation};
    throw new InferenceError('STAGE_FAILED', usefulMessage(error), place);
  }
}

function describe(kind: string, value: InferenceSession.ValueMetadata): TensorInfo {
  const type = value.isTensor ? elementTypeOfOrt(value.type) : undefined;
  if (!value.isTensor || type === undefined) {
    const given = value.isTensor ? `a tensor of ${value.type}` : 'no tensor';
    throw new InferenceError(
      'COMPILE_FAILED',
      `${kind} ${value.name}: expected a tensor of a type that travels, it is ${given}`,
    );
  }
  const shape = value.shape.map(dimension => (dimension === '' ? '?' : dimension));
  return {name: value.name, type, shape};
}
