import type {InferenceSession, Tensor} from 'onnxruntime-node';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../../src/errors.js';
import type {InferenceResult} from '../../src/plugin/plugin.js';
import {checkTensorFits} from '../../src/tensor-check.js';
import {type Backend, logSeverityLevel} from './backend.js';
import type {DescribedSession} from './described-session.js';
import {failedOperation, usefulMessage} from './ort-message.js';
import {fromOrt, toOrt} from './ort-tensor.js';
import {type KernelSetup, SessionSource} from './session-source.js';
import {SessionVariants} from './session-variants.js';

export interface KernelDescription {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/** A warm session in a worker thread. Runs one inference at a time. */
export class Kernel {
  readonly description: KernelDescription;
  readonly #described: DescribedSession;
  readonly #variants: SessionVariants;

  private constructor(described: DescribedSession, source: SessionSource) {
    this.description = {inputs: described.inputs, outputs: described.outputs};
    this.#described = described;
    this.#variants = new SessionVariants(overridden => source.openVariant(overridden));
  }

  /** Rejects with COMPILE_FAILED. */
  static async open(backend: Backend, setup: KernelSetup): Promise<Kernel> {
    const source = new SessionSource(backend, setup);
    return new Kernel(await source.open(), source);
  }

  /**
   * `tensors` holds the session's inputs, and initializers to be overridden. Rejects with
   * MISSING_INPUT, UNKNOWN_INPUT, TYPE_MISMATCH, SHAPE_MISMATCH, SIZE_MISMATCH or STAGE_FAILED.
   */
  async infer(tensors: NamedTensors): Promise<InferenceResult> {
    const {session, inputs} = await this.#sessionFor(tensors);
    const feeds = feedsOf(inputs, tensors);
    const startMs = performance.now();
    const results = await run(session, feeds);
    const executeUs = (performance.now() - startMs) * 1000;
    const outputs = session.outputNames.map(name => [name, fromOrt(name, results[name])] as const);
    return {tensors: new Map(outputs), executeUs};
  }

  /** To be called once, when nothing runs. */
  async release(): Promise<void> {
    await this.#variants.release();
    await this.#described.session.release();
  }

  #sessionFor(tensors: NamedTensors): DescribedSession | Promise<DescribedSession> {
    const {inputNames} = this.#described.session;
    const overridden = [...tensors.keys()].filter(name => !inputNames.includes(name));
    return overridden.length === 0 ? this.#described : this.#variants.session(overridden);
  }
}

function feedsOf(inputs: readonly TensorInfo[], tensors: NamedTensors): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const input of inputs) {
    const tensor = tensors.get(input.name);
    if (tensor === undefined) {
      const given = [...tensors.keys()].join(', ') || 'none';
      throw new InferenceError('MISSING_INPUT', `input ${input.name} is missing; given: ${given}`);
    }
    checkTensorFits(input, tensor);
    feeds[input.name] = toOrt(tensor);
  }
  return feeds;
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
