import {
  type InferenceCounters,
  type PipelineStage,
  type PipelineTimes,
  pipelineStages,
} from '../../schemas/performance-counters.js';
import type {NamedTensors, TensorData, TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {checkTensorFits} from '../tensor-check.js';
import {PipelineClock} from './pipeline-clock.js';
import type {Inference, InferenceResult} from './plugin.js';

export {type PipelineStage, type PipelineTimes, pipelineStages};

/** What a request has to know of its network. */
export interface RequestNetwork {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Initializers that a request may bring in place of the network's own. */
  readonly overridable: readonly TensorInfo[];
}

/** What a host sets at once for a run. */
export type RequestInputs = Pick<Inference, 'tensors' | 'owned'> & Partial<Inference>;

/**
 * One inference at a time, its four stages run one after the other. A plugin derives from it and
 * says what each stage does on its device; AsyncInferRequest runs the stages on task executors.
 */
export abstract class InferRequest {
  /** `<network>_Req<n>`, for traces and logs. */
  readonly name: string;
  readonly #network: RequestNetwork;
  #inputs: NamedTensors = new Map();
  #owned = false;
  #profile = false;
  #result: InferenceResult | undefined;
  readonly #clock = new PipelineClock();

  constructor(name: string, network: RequestNetwork) {
    this.name = name;
    this.#network = network;
  }

  /** Takes the inputs to where the device reads them. */
  abstract inferPreprocess(): void | Promise<void>;
  /** Starts the device, and does not wait for it. */
  abstract startPipeline(): void | Promise<void>;
  /** Waits for the device. */
  abstract waitPipeline(): void | Promise<void>;
  /** Takes the outputs to where the user reads them: calls `finish`. */
  abstract inferPostprocess(): void | Promise<void>;

  /** Ends what runs, which then rejects with CANCELLED; a device that cannot stop leaves it alone. */
  cancelDevice(): void {}

  /** The inputs that were set. */
  protected get inputs(): NamedTensors {
    return this.#inputs;
  }

  /** Whether the buffers of the inputs may be given away. */
  protected get owned(): boolean {
    return this.#owned;
  }

  /** Whether operations are to be measured. */
  protected get profile(): boolean {
    return this.#profile;
  }

  /** Every input at once, as the host brings them. */
  setInputs({tensors, owned, profile = false}: RequestInputs): void {
    this.#inputs = tensors;
    this.#owned = owned;
    this.#profile = profile;
  }

  /** Throws UNKNOWN_INPUT, TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH. */
  setBlob(name: string, tensor: TensorData): void {
    checkTensorFits(this.#info(name), tensor);
    this.#inputs = new Map([...this.#inputs, [name, tensor]]);
    this.#owned = false;
  }

  /** An input that was set, or an output of the last run. Throws UNKNOWN_INPUT or NOT_STARTED. */
  getBlob(name: string): TensorData {
    const input = this.#inputs.get(name);
    if (input !== undefined) return input;
    if (!this.#network.outputs.some(output => output.name === name)) this.#info(name);
    const output = this.#result?.tensors.get(name);
    if (output !== undefined) return output;
    throw new InferenceError('NOT_STARTED', `${name} has no value yet`);
  }

  /** Throws MISSING_INPUT, UNKNOWN_INPUT, TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH. */
  checkBlobs(): void {
    const missing = this.#network.inputs.find(({name}) => !this.#inputs.has(name));
    if (missing !== undefined) {
      const given = [...this.#inputs.keys()].join(', ') || 'none';
      const text = `input ${missing.name} is missing; given: ${given}`;
      throw new InferenceError('MISSING_INPUT', text);
    }
    for (const [name, tensor] of this.#inputs) checkTensorFits(this.#info(name), tensor);
  }

  /** Runs all stages. Rejects with what `checkBlobs` throws, or with what a stage fails with. */
  async infer(): Promise<void> {
    this.checkBlobs();
    await this.runStages(...pipelineStages);
  }

  /** Runs stages one after the other and measures them; gives no promise where none is needed. */
  runStages(...stages: readonly PipelineStage[]): void | Promise<void> {
    for (const [index, stage] of stages.entries()) {
      const running = this.#runStage(stage);
      if (running !== undefined)
        return running.then(() => this.runStages(...stages.slice(index + 1)));
    }
  }

  #runStage(stage: PipelineStage): undefined | Promise<void> {
    const running = this.#clock.run(stage, () => this[stage]());
    return running instanceof Promise ? running : undefined;
  }

  /** Outputs of the last run, and the time in the kernel. Throws NOT_STARTED. */
  get result(): InferenceResult {
    if (this.#result !== undefined) return this.#result;
    throw new InferenceError('NOT_STARTED', `${this.name} has not run yet`);
  }

  /** Of the last run: its stages, and its operations if they were measured. */
  getPerformanceCounts(): InferenceCounters {
    const measured = this.#result?.counters ?? {measuringUs: 0, operations: []};
    return {...measured, pipelineUs: this.#clock.timesUs};
  }

  protected finish(result: InferenceResult): void {
    this.#result = result;
  }

  #info(name: string): TensorInfo {
    const {inputs, overridable} = this.#network;
    const known = [...inputs, ...overridable];
    const info = known.find(each => each.name === name);
    if (info !== undefined) return info;
    throw new InferenceError(
      'UNKNOWN_INPUT',
      `${name} is neither an input nor an initializer that may be overridden ` +
        `(${known.map(each => each.name).join(', ')})`,
    );
  }
}
