import type {InferenceCounters} from '../../schemas/performance-counters.js';
import type {TensorData} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import type {InferRequest, RequestInputs} from './infer-request.js';
import type {NamedExecutor} from './named-executor.js';
import type {InferenceResult} from './plugin.js';
import {settlesWithin} from './settles-within.js';

/** A part of the pipeline, and where it runs. */
export type Stage = readonly [executor: NamedExecutor, task: () => void | Promise<void>];

/**
 * Called at the end of a request that was started; `error` is undefined if it went well. What it
 * throws, or its promise rejects with, is what the run ended with.
 */
export type CompletionCallback = (error: InferenceError | undefined) => unknown;

/**
 * - `IDLE`: nothing runs.
 * - `BUSY`: the pipeline runs.
 * - `CANCELLED`: the pipeline runs, but nobody wants its result any more.
 * - `STOP`: it is started no more.
 */
export type RequestState = 'IDLE' | 'BUSY' | 'CANCELLED' | 'STOP';

export interface AsyncInferRequestOptions {
  readonly callbackExecutor: NamedExecutor;
  /** Each stage runs on its executor, and then hands over to the next. */
  readonly pipeline: readonly Stage[];
}

/** A promise in an object, which an executor does not wait for. */
interface Ending {
  readonly settled: Promise<void>;
}

/**
 * Wraps a request so that its pipeline runs beside those of others. At the end, on the callback
 * executor: the state is IDLE again, the callback is called (and may start the request again), and
 * then `wait` settles; it waits for a callback's promise, which holds up no executor. While it runs,
 * every call but `wait` and `cancel` throws BUSY; after `cancel`, CANCELLED.
 */
export class AsyncInferRequest {
  readonly #request: InferRequest;
  readonly #options: AsyncInferRequestOptions;
  readonly #runs = new Set<Promise<Ending>>();
  /** What `wait` waits for while there is a run. */
  #running: Promise<void> | undefined;
  /** What the last run ended with. */
  #last: Promise<void> | undefined;
  #callback: CompletionCallback | undefined;
  #state: RequestState = 'IDLE';

  constructor(request: InferRequest, options: AsyncInferRequestOptions) {
    this.#request = request;
    this.#options = options;
  }

  get name(): string {
    return this.#request.name;
  }

  get state(): RequestState {
    return this.#state;
  }

  setInputs(inference: RequestInputs): void {
    this.#throwIfRunning();
    this.#request.setInputs(inference);
  }

  /** See InferRequest. */
  setBlob(name: string, tensor: TensorData): void {
    this.#throwIfRunning();
    this.#request.setBlob(name, tensor);
  }

  /** See InferRequest. */
  getBlob(name: string): TensorData {
    this.#throwIfRunning();
    return this.#request.getBlob(name);
  }

  get result(): InferenceResult {
    this.#throwIfRunning();
    return this.#request.result;
  }

  /** See InferRequest. */
  getPerformanceCounts(): InferenceCounters {
    this.#throwIfRunning();
    return this.#request.getPerformanceCounts();
  }

  setCallback(callback: CompletionCallback | undefined): void {
    this.#throwIfRunning();
    this.#callback = callback;
  }

  /** Starts the pipeline; throws what `checkBlobs` throws, then BUSY or CANCELLED. */
  startAsync(): void {
    this.#start(true);
  }

  /** Runs the pipeline without calling back. Rejects as `startAsync` throws, and as `wait`. */
  async infer(): Promise<void> {
    this.#start(false);
    await this.wait();
  }

  /**
   * True once the last run has ended; rejects with what it failed with. With `timeoutMs`, false if it
   * still runs after that time, or was never started. Rejects with INVALID_ARGUMENT below 0.
   */
  async wait(timeoutMs?: number): Promise<boolean> {
    if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
      const text = `timeoutMs: expected a time from 0, given ${timeoutMs}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    const run = this.#running ?? this.#last;
    return run === undefined ? timeoutMs === undefined : settlesWithin(run, timeoutMs);
  }

  /**
   * Asks for the end; without effect on a request that does not run. A run whose device does not
   * stop ends as if nobody had asked.
   */
  cancel(): void {
    if (this.#state !== 'BUSY') return;
    this.#state = 'CANCELLED';
    this.#request.cancelDevice();
  }

  /** No start has an effect from now on, and no callback is called; settles once nothing runs. */
  async stopAndWait(): Promise<void> {
    this.#state = 'STOP';
    this.#callback = undefined;
    await Promise.allSettled(this.#runs);
  }

  #start(callsBack: boolean): void {
    this.#request.checkBlobs();
    this.#throwIfRunning();
    if (this.#state === 'STOP') return;
    this.#state = 'BUSY';
    const ending = this.#run(callsBack);
    this.#running = ending.then(({settled}) => settled);
    this.#running.catch(() => {}); // Nobody need wait.
    this.#runs.add(ending);
    void ending.then(() => this.#runs.delete(ending));
  }

  /** Never rejects. */
  async #run(callsBack: boolean): Promise<Ending> {
    const {pipeline, callbackExecutor} = this.#options;
    let error: InferenceError | undefined;
    try {
      for (const [executor, task] of pipeline) await executor.run(task);
    } catch (thrown) {
      error = InferenceError.from(thrown, 'STAGE_FAILED');
    }
    const end = () => this.#end(error, callsBack);
    // An executor that is full must not keep the request.
    return callbackExecutor.run(end).catch(end);
  }

  #end(error: InferenceError | undefined, callsBack: boolean): Ending {
    if (this.#state !== 'STOP') this.#state = 'IDLE';
    this.#running = undefined;
    const end = endOf(error);
    this.#last = end;
    if (!callsBack) return {settled: end};
    const settled = this.#callBack(error);
    settled.catch(() => {
      // The next run may have ended before a callback's promise.
      if (this.#last === end) this.#last = settled;
    });
    return {settled};
  }

  /** If the callback throws, that is what the run ended with. */
  async #callBack(error: InferenceError | undefined): Promise<void> {
    await this.#callback?.(error);
    if (error !== undefined) throw error;
  }

  #throwIfRunning(): void {
    if (this.#state === 'BUSY') throw new InferenceError('BUSY', `${this.name} runs`);
    if (this.#state === 'CANCELLED') {
      throw new InferenceError('CANCELLED', `${this.name} was cancelled and has not ended yet`);
    }
  }
}

function endOf(error: InferenceError | undefined): Promise<void> {
  const end = error === undefined ? Promise.resolve() : Promise.reject(error);
  end.catch(() => {}); // Nobody need wait.
  return end;
}
