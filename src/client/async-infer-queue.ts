import {InferenceError} from '../errors.js';
import {checkedOptions} from './checked-options.js';
import {ExecutableNetwork} from './executable-network.js';
import type {InferOptions, InferRequest, Inputs} from './infer-request.js';
import {RequestPool} from './request-pool.js';

/** Called at the end of each run; the request is idle, and not used again before this has ended. */
export type QueueCallback<UserData> = (
  error: InferenceError | undefined,
  request: InferRequest,
  userData: UserData | undefined,
) => unknown;

/** Requests of one queue; more are no faster. */
const jobsMax = 4096;

/**
 * Several infer requests, used in turns: `startAsync` takes one that is idle, or waits for one, so
 * that inputs are read no faster than they are worked on. Whatever happens to a run, its request
 * comes back to the queue.
 */
export class AsyncInferQueue<UserData = unknown> implements Iterable<InferRequest> {
  readonly #network: ExecutableNetwork;
  readonly #requests: readonly InferRequest[];
  readonly #pool: RequestPool;
  readonly #telling = new Set<Promise<unknown>>();
  #callback: QueueCallback<UserData> | undefined;
  #failure: InferenceError | undefined;
  #released: Promise<void> | undefined;

  /**
   * `jobs` requests; 0: as many as keep every stage busy. Throws INVALID_ARGUMENT, or RELEASED if the
   * network is.
   */
  constructor(network: ExecutableNetwork, jobs = 0) {
    if (!(network instanceof ExecutableNetwork)) {
      const text = `expected a network of loadNetwork, given ${typeof network}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    if (!Number.isInteger(jobs) || jobs < 0 || jobs > jobsMax) {
      const text = `jobs: expected a whole number from 0 to ${jobsMax}, given ${jobs}`;
      throw new InferenceError('INVALID_ARGUMENT', text);
    }
    this.#network = network;
    const length = jobs === 0 ? network.getMetric('OPTIMAL_NUMBER_OF_INFER_REQUESTS') : jobs;
    const onEnd = () => this.#pool.changed();
    this.#requests = Array.from({length}, () => network.createInferRequest(onEnd));
    this.#pool = new RequestPool(this.#requests);
  }

  /** The number of requests. */
  get length(): number {
    return this.#requests.length;
  }

  /** The request of this id; throws INVALID_ARGUMENT. */
  at(id: number): InferRequest {
    const request = this.#requests[id];
    if (request !== undefined) return request;
    const text = `id: expected a whole number from 0 to ${this.length - 1}, given ${id}`;
    throw new InferenceError('INVALID_ARGUMENT', text);
  }

  [Symbol.iterator](): Iterator<InferRequest> {
    return this.#requests[Symbol.iterator]();
  }

  /** Called at the end of every run that starts from now on; nothing is where it is left out. */
  setCallback(callback?: QueueCallback<UserData>): void {
    this.#callback = callback;
  }

  /** Whether `startAsync` would start at once. */
  isReady(): boolean {
    return this.#pool.idle;
  }

  /**
   * Starts a run with `inputs` on a request that is idle, and gives its id; waits for one while all
   * run. `inputs` are of this run only. `options.timeoutMs` is for waiting and running together;
   * `options.signal` ends either. Rejects with what does not fit about the inputs, at once; then with
   * QUEUE_FULL if too many wait already, DEADLINE_EXCEEDED, CANCELLED or RELEASED. What a run that was
   * started ends with is told to the callback. A callback that waits here holds a request itself.
   */
  async startAsync(
    inputs: Inputs,
    userData?: UserData,
    options: InferOptions = {},
  ): Promise<number> {
    const tensors = this.#network.checkedInputs(inputs);
    const checked = checkedOptions(options, this.#network.priority);
    const beganAt = performance.now();
    const id = await this.#pool.take(checked);
    const request = this.at(id);
    try {
      for (const [name, tensor] of tensors) request.setInput(name, tensor);
      const remainingMs = Math.max(1, checked.timeoutMs - (performance.now() - beganAt));
      request.startAsync({...options, timeoutMs: remainingMs});
    } catch (error) {
      this.#giveBack(id);
      throw error;
    }
    const callback = this.#callback;
    void this.#follow(id, callback && (error => callback(error, request, userData)));
    return id;
  }

  /** The id of a request that is idle; waits for one while all run. Rejects as `startAsync` does. */
  async getIdleRequestId(options: InferOptions = {}): Promise<number> {
    const id = await this.#pool.take(checkedOptions(options, this.#network.priority));
    this.#pool.giveBack(id);
    return id;
  }

  /**
   * Settles once no run is on its way or waits to be started, and all callbacks have ended; not to be
   * awaited in a callback, which it waits for. Rejects with the first error since the last call that
   * nobody was told: what a callback failed with, or a run where there is no callback.
   */
  async waitAll(): Promise<void> {
    await this.#pool.quiet();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /**
   * Starts nothing any more; calls that wait for a request end with RELEASED, runs with CANCELLED.
   * Settles once the callbacks have been told, whether or not they come to an end. Never rejects.
   */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    this.#pool.close(new InferenceError('RELEASED', 'the queue was released'));
    for (const request of this.#requests) request.cancel();
    await Promise.allSettled(this.#requests.map(request => request.wait()));
    await Promise.all(this.#telling);
    if (this.#failure === undefined) return;
    const {code, message} = this.#failure;
    process.emitWarning(`AsyncInferQueue: nobody was told of ${code}: ${message}`);
  }

  /** From the start of a run until its request is given back. Never rejects. */
  async #follow(id: number, callback: QueueEnd | undefined): Promise<void> {
    const request = this.at(id);
    const tell = (error?: InferenceError) => ({
      ended: this.#tell(callback, error).catch(this.#note),
    });
    const told = request.wait().then(
      () => tell(),
      (thrown: unknown) => tell(InferenceError.from(thrown)),
    );
    this.#telling.add(told);
    const {ended} = await told;
    this.#telling.delete(told);
    await ended;
    // A callback may have started the request again by itself.
    while (request.state !== 'IDLE') await request.wait().catch(this.#note);
    this.#giveBack(id);
  }

  /** Calls back at once; rejects with what that fails with, or with what nobody is told. */
  async #tell(callback: QueueEnd | undefined, error: InferenceError | undefined): Promise<void> {
    if (callback !== undefined) await callback(error);
    else if (error !== undefined && this.#released === undefined) throw error;
  }

  readonly #note = (thrown: unknown): void => {
    this.#failure ??= InferenceError.from(thrown);
  };

  #giveBack(id: number): void {
    const request = this.at(id);
    // Its user may have started it after it was lent.
    if (request.state === 'IDLE') request.clearInputs();
    this.#pool.giveBack(id);
  }
}

type QueueEnd = (error: InferenceError | undefined) => unknown;
