import type {RuntimeGraph} from '../../schemas/runtime-graph.js';
import type {NamedTensors, TensorInfo} from '../../schemas/tensor.js';
import type {InferenceResult} from '../../src/plugin/plugin.js';
import type {Backend} from './backend.js';
import type {DescribedSession} from './described-session.js';
import {Profiler} from './profile/profiler.js';
import {feedsOf, runSession} from './run-session.js';
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
  readonly #profiler: Profiler;

  private constructor(described: DescribedSession, source: SessionSource) {
    this.description = {inputs: described.inputs, outputs: described.outputs};
    this.#described = described;
    this.#variants = new SessionVariants(overridden => source.openVariant(overridden));
    this.#profiler = new Profiler(source);
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
    return runSession(session, feedsOf(inputs, tensors));
  }

  /** The same, with every operation measured. */
  inferMeasured(tensors: NamedTensors): Promise<InferenceResult> {
    return this.#profiler.infer(tensors, this.#overridden(tensors));
  }

  /** Rejects with COMPILE_FAILED. */
  runtimeGraph(): Promise<RuntimeGraph> {
    return this.#profiler.runtimeGraph();
  }

  /** To be called once, when nothing runs. */
  async release(): Promise<void> {
    await this.#variants.release();
    await this.#described.session.release();
  }

  #sessionFor(tensors: NamedTensors): DescribedSession | Promise<DescribedSession> {
    const overridden = this.#overridden(tensors);
    return overridden.length === 0 ? this.#described : this.#variants.session(overridden);
  }

  #overridden(tensors: NamedTensors): readonly string[] {
    const {inputNames} = this.#described.session;
    return [...tensors.keys()].filter(name => !inputNames.includes(name));
  }
}
