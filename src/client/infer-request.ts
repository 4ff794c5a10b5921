import type {RequestCounters} from '../../actors/request-counters.js';
import type {StageTiming} from '../../schemas/messages/stage.js';
import type {Priority} from '../../schemas/priority.js';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import {Tensor} from '../tensor.js';
import {checkedOptions, timeoutMsMax} from './checked-options.js';
import type {ExecutableNetwork} from './executable-network.js';
import {type PerformanceCounts, performanceCounts} from './performance-counts.js';
import {RequestStates, type VariableState} from './request-states.js';
import type {InferenceOutcome} from './session.js';

export interface InferOptions {
  /** The request settles within this time, with its result or an error. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Aborting cancels the request. */
  readonly signal?: AbortSignal;
  /** Higher ones go first wherever requests of the network wait. Default: its MODEL_PRIORITY. */
  readonly priority?: Priority;
  /** Whether its operations are measured; default: if the network was loaded with PERF_COUNT. */
  readonly profile?: boolean;
}

/** Inputs by name; a plain `{type, shape, data}` will do for a Tensor, and a list is a batch. */
export type Inputs = Readonly<Record<string, TensorData | readonly TensorData[]>>;
export type Outputs = Readonly<Record<string, Tensor>>;

/**
 * Called at the end of a request that was started; `error` is undefined if it went well. What it
 * throws, or its promise rejects with, is what the run ended with.
 */
export type CompletionCallback = (error: InferenceError | undefined) => unknown;

/** `CANCELLED`: it was cancelled, and what ran has not ended yet. */
export type RequestState = 'IDLE' | 'BUSY' | 'CANCELLED';

/** What a run came to. */
type End =
  | {
      readonly outputs: ReadonlyMap<string, Tensor>;
      readonly timings: readonly StageTiming[];
      readonly attempts: number;
      readonly counters?: RequestCounters;
    }
  | {readonly error: InferenceError};

interface Run {
  readonly id: number;
  /** Never rejects. */
  readonly settled: Promise<End>;
  cancelled: boolean;
}

/**
 * One inference at a time, over and over: set inputs, start, wait, get outputs. While it runs, every
 * call but `state`, `wait` and `cancel` throws BUSY; between `cancel` and the end of what ran,
 * CANCELLED. A start checks tensors before it asks whether the request runs.
 */
export class InferRequest {
  readonly #network: ExecutableNetwork;
  readonly #onEnd: (() => void) | undefined;
  readonly #inputs = new Map<string, Tensor>();
  readonly #states: RequestStates;
  #run: Run | undefined;
  #last: End | undefined;
  #callback: CompletionCallback | undefined;

  /** Made by `ExecutableNetwork.createInferRequest`; `onEnd` is called after every callback. */
  constructor(network: ExecutableNetwork, onEnd?: () => void) {
    this.#network = network;
    this.#onEnd = onEnd;
    this.#states = new RequestStates(network, () => this.#throwIfRunning());
  }

  get state(): RequestState {
    if (this.#run === undefined) return 'IDLE';
    return this.#run.cancelled ? 'CANCELLED' : 'BUSY';
  }

  /**
   * Throws UNKNOWN_INPUT, TYPE_MISMATCH, SHAPE_MISMATCH or SIZE_MISMATCH. The tensor's data must stay
   * as it is until the request has ended: it is sent when its turn comes, and maybe again.
   */
  setInput(name: string, tensor: TensorData): void {
    this.#throwIfRunning();
    this.#inputs.set(name, this.#network.checkedInput(name, tensor));
  }

  /**
   * Sets an input to a batch of `tensors` that hold one item each, all of one type and shape: a copy
   * of them, one behind the other. The input's layout has to be declared, with N as its first axis
   * (`PrePostProcessor`). Throws UNKNOWN_INPUT, INVALID_ARGUMENT, TYPE_MISMATCH, SHAPE_MISMATCH or
   * SIZE_MISMATCH.
   */
  setBatch(name: string, tensors: readonly TensorData[]): void {
    this.#throwIfRunning();
    if (!Array.isArray(tensors)) {
      const text = `${name}: expected a list of tensors, given ${String(tensors)}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    this.#inputs.set(name, this.#network.checkedInput(name, tensors));
  }

  /** No input is set any more. */
  clearInputs(): void {
    this.#throwIfRunning();
    this.#inputs.clear();
  }

  /** The tensor that was set. Throws UNKNOWN_INPUT if there is none. */
  getInput(name: string): Tensor {
    this.#throwIfRunning();
    const tensor = this.#inputs.get(name);
    if (tensor !== undefined) return tensor;
    this.#network.inputInfo(name);
    throw new InferenceError('UNKNOWN_INPUT', `no tensor was set for the input ${name}`);
  }

  /** Throws UNKNOWN_OUTPUT, NOT_STARTED, or what the last run ended with. */
  getOutput(name: string): Tensor {
    this.#throwIfRunning();
    if (this.#last === undefined) {
      throw new InferenceError('NOT_STARTED', 'the request has not run yet');
    }
    const tensor = outputsOf(this.#last).get(name);
    if (tensor === undefined) throw this.#network.unknownOutput(name);
    return tensor;
  }

  /**
   * Called after every end, before `wait` settles; it may start the request again, and set another
   * callback. A promise that it gives is waited for until the run's deadline at the latest; the
   * request is idle meanwhile, so that `wait` called there does not wait for it. Nothing is called
   * where it is left out. Throws INVALID_ARGUMENT for what is no function.
   */
  setCallback(callback?: CompletionCallback): void {
    this.#throwIfRunning();
    if (callback !== undefined && typeof callback !== 'function') {
      const text = `callback: expected a function, given ${String(callback)}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    this.#callback = callback;
  }

  /** The states of the network, as this request has them; none if it was loaded without. */
  queryState(): readonly VariableState[] {
    this.#throwIfRunning();
    return this.#states.list();
  }

  /** All states are again what they were at first, and the next run may be anywhere. */
  resetState(): void {
    this.#throwIfRunning();
    this.#states.reset();
  }

  /**
   * Runs once with `inputs` (those set before stay set) and gives the outputs. Rejects with
   * MISSING_INPUT and what `setInput` throws, before anything is sent; then with whatever the run
   * ends with: DEADLINE_EXCEEDED, CANCELLED, STAGE_FAILED, DEVICE_LOST, QUEUE_FULL, CONNECTION_LOST,
   * RELEASED. The callback is not called.
   */
  async infer(inputs: Inputs = {}, options: InferOptions = {}): Promise<Outputs> {
    this.#setInputs(inputs);
    const run = this.#start(options, undefined);
    return Object.fromEntries(outputsOf(await run.settled));
  }

  /** Starts and returns at once; throws BUSY, MISSING_INPUT and RELEASED. */
  startAsync(options: InferOptions = {}): void {
    this.#start(options, this.#callback);
  }

  /**
   * True once the run has ended well; rejects with the error of one that has not. Where nothing was
   * ever started there is nothing to wait for: true. With `timeoutMs`, false if the run has not ended
   * after that time, or nothing was ever started.
   */
  async wait(timeoutMs?: number): Promise<boolean> {
    if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
      const text = `timeoutMs: expected a time from 0, given ${timeoutMs}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    const end = this.#run === undefined ? this.#last : await within(this.#run.settled, timeoutMs);
    if (end !== undefined) outputsOf(end);
    return end !== undefined || timeoutMs === undefined;
  }

  /** No effect on a request that does not run. */
  cancel(): void {
    if (this.#run === undefined || this.#run.cancelled) return;
    this.#run.cancelled = true;
    this.#network.session.cancel(this.#run.id);
  }

  /** Where the time of the last run went, by stage. */
  get timings(): readonly StageTiming[] {
    this.#throwIfRunning();
    return this.#last !== undefined && 'timings' in this.#last ? this.#last.timings : [];
  }

  /** How many attempts the last run took: 1 unless a device failed or was full; 0 if it failed. */
  get attempts(): number {
    this.#throwIfRunning();
    return this.#last !== undefined && 'attempts' in this.#last ? this.#last.attempts : 0;
  }

  /**
   * Where the time of the last run went, by stage and by operation. Throws INVALID_CONFIG_VALUE if
   * the network was loaded without PERF_COUNT, NOT_STARTED if no run that was measured has ended, or
   * what the last run ended with.
   */
  getPerformanceCounts(): PerformanceCounts {
    this.#throwIfRunning();
    if (!this.#network.measures) throw notMeasured();
    const counters = this.#last === undefined ? undefined : endedWell(this.#last).counters;
    if (counters !== undefined) return performanceCounts(counters);
    throw new InferenceError('NOT_STARTED', 'the request has not run yet, or was not measured');
  }

  /** All of them, or none if one does not fit. */
  #setInputs(inputs: Inputs): void {
    const checked = this.#network.checkedInputs(inputs);
    this.#throwIfRunning();
    for (const [name, tensor] of checked) this.#inputs.set(name, tensor);
  }

  #start(options: InferOptions, callback: CompletionCallback | undefined): Run {
    this.#network.checkComplete(this.#inputs);
    const {signal, ...checked} = checkedOptions(options, this.#network.priority);
    const submission = {...checked, profile: this.#profile(options)};
    this.#throwIfRunning();
    if (signal?.aborted) throw new InferenceError('CANCELLED', 'aborted before the start');
    const deadlineAt = performance.now() + submission.timeoutMs;
    const {tensors, ...state} = this.#states.begin(this.#inputs);
    const {id, outcome} = this.#network.submit(tensors, {...submission, ...state});
    const abort = () => {
      if (this.#run?.id === id) this.cancel();
    };
    signal?.addEventListener('abort', abort, {once: true});
    const kept = outcome.then(given => {
      this.#states.ended(given);
      return endOf(given);
    });
    const settled = kept.catch(failureOf).then(end => {
      signal?.removeEventListener('abort', abort);
      return this.#end(end, callback, deadlineAt);
    });
    const run: Run = {id, settled, cancelled: false};
    this.#run = run;
    return run;
  }

  #profile({profile = this.#network.measures}: InferOptions): boolean {
    if (profile && !this.#network.measures) throw notMeasured();
    return profile;
  }

  #end(end: End, callback: CompletionCallback | undefined, deadlineAt: number): End | Promise<End> {
    this.#run = undefined;
    this.#last = end;
    const called = this.#callBack(end, callback, deadlineAt);
    this.#onEnd?.();
    return called;
  }

  /** The callback may start the next run; if it throws, that is what this run ended with. */
  #callBack(
    end: End,
    callback: CompletionCallback | undefined,
    deadlineAt: number,
  ): End | Promise<End> {
    const failed = (thrown: unknown) => {
      const failure = failureOf(thrown);
      if (this.#last === end) this.#last = failure;
      return failure;
    };
    try {
      const called = callback?.('error' in end ? end.error : undefined);
      if (!isPromise(called)) return end;
      const settled = Promise.resolve(called).then(() => end, failed);
      const remainingMs = Math.max(0, deadlineAt - performance.now());
      return within(settled, remainingMs).then(known => known ?? end);
    } catch (thrown) {
      return failed(thrown);
    }
  }

  #throwIfRunning(): void {
    if (this.#run === undefined) return;
    if (this.#run.cancelled) {
      throw new InferenceError('CANCELLED', 'the request was cancelled and has not ended yet');
    }
    throw new InferenceError('BUSY', 'the request runs; wait for its end, or use another one');
  }
}

function endOf({outputs, timings, attempts, counters}: InferenceOutcome): End {
  try {
    const tensors = [...outputs].map(([name, data]) => [name, Tensor.from(data, name)] as const);
    return {outputs: new Map(tensors), timings, attempts, ...(counters && {counters})};
  } catch (thrown) {
    return failureOf(thrown);
  }
}

function failureOf(thrown: unknown): End {
  return {error: InferenceError.from(thrown)};
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

/** Throws what the run ended with if that is no outputs. */
function endedWell(end: End): Exclude<End, {readonly error: InferenceError}> {
  if ('error' in end) throw end.error;
  return end;
}

function outputsOf(end: End): ReadonlyMap<string, Tensor> {
  return endedWell(end).outputs;
}

function notMeasured(): InferenceError {
  const text = 'config PERF_COUNT: expected true for performance counters, got false';
  return new InferenceError('INVALID_CONFIG_VALUE', text);
}

/** Undefined if that takes longer than `timeoutMs`. Leaves no timer behind. */
async function within<T>(promise: Promise<T>, timeoutMs?: number): Promise<T | undefined> {
  if (timeoutMs === undefined) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<undefined>(resolve => {
    // No run lasts longer, and no timer of Node's takes more than 2^31 ms.
    timer = setTimeout(resolve, Math.min(timeoutMs, timeoutMsMax), undefined);
  });
  try {
    return await Promise.race([promise, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
