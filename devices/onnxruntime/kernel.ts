import type {InferenceSession, Tensor} from 'onnxruntime-node';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import type {InferenceResult} from '../../src/plugin/plugin.js';
import {type Backend, logSeverityLevel} from './backend.js';
import {failedOperation, usefulMessage} from './ort-message.js';
import {fromOrt, toOrt} from './ort-tensor.js';
import {type KernelSetup, SessionSource} from './session-source.js';
import {SessionVariants} from './session-variants.js';
import {valueInfoOfOrt} from './tensor-info.js';

export interface KernelDescription {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** A warm session in a worker thread. Runs one inference at a time. */
export class Kernel {
  readonly description: KernelDescription;
  readonly #backend: Backend;
  readonly #session: InferenceSession;
  readonly #variants: SessionVariants;

  private constructor(backend: Backend, session: InferenceSession, source: SessionSource) {
    this.#backend = backend;
    this.#session = session;
    this.#variants = new SessionVariants(overridden => source.openVariant(overridden));
    this.description = describeSession(session, source);
  }

  /** Rejects with COMPILE_FAILED. */
  static async open(backend: Backend, setup: KernelSetup): Promise<Kernel> {
    const source = new SessionSource(backend, setup);
    return new Kernel(backend, await source.open(), source);
  }

  /**
   * `tensors` holds the session's inputs, and initializers to be overridden. Rejects with
   * MISSING_INPUT, UNKNOWN_INPUT, SIZE_MISMATCH or STAGE_FAILED.
   */
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

async function run(session: InferenceSession, feeds: Record<string, Tensor>) {
  try {
    return await session.run(feeds, {logSeverityLevel});
  } catch (error) {
    const operation = failedOperation(error);
    const place = operation === undefined ? {} : {operation};
    throw new InferenceError('STAGE_FAILED', usefulMessage(error), place);
  }
}

function describeSession(session: InferenceSession, source: SessionSource): KernelDescription {
  const values = [...session.inputMetadata, ...session.outputMetadata];
  const unranked = values.some(value => value.isTensor && value.shape.length === 0);
  const scalars = unranked ? source.declaredScalars() : new Set<string>();
  const describe = (value: InferenceSession.ValueMetadata) => {
    const info = valueInfoOfOrt(value, name => scalars.has(name));
    if (info.kind === 'tensor') return {name: value.name, type: info.type, shape: info.shape};
    throw new InferenceError(
      'COMPILE_FAILED',
      `${value.name} is ${value.isTensor ? `a tensor of ${value.type}` : 'no tensor'}: ` +
        'inputs and outputs must be tensors of types that travel',
    );
  };
  return {
    inputs: session.inputMetadata.map(describe),
    outputs: session.outputMetadata.map(describe),
  };
}
