import {type ExecutableNetwork, InferenceError, type Inputs} from '../../src/index.js';
import {eventually} from './eventually.js';

/** Infer requests that begin again when they end, several at once, until one fails or `stop`. */
export class RequestFlow {
  readonly failures: InferenceError[] = [];
  readonly #inputs: Inputs;
  readonly #ended: Promise<unknown>;
  #done = 0;
  #stopped = false;

  constructor(executable: ExecutableNetwork, inputs: Inputs, requests = 4) {
    this.#inputs = inputs;
    this.#ended = Promise.all(Array.from({length: requests}, () => this.#run(executable)));
  }

  /** Settles when `count` more requests have ended well, or one has failed. */
  async more(count: number): Promise<void> {
    const wanted = this.#done + count;
    await eventually(
      () => this.#done,
      done => done >= wanted || this.failures.length > 0,
    );
  }

  /** Settles when every request has failed. */
  async failed(): Promise<void> {
    await this.#ended;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #run(executable: ExecutableNetwork): Promise<void> {
    const request = executable.createInferRequest();
    try {
      while (!this.#stopped) {
        await request.infer(this.#inputs);
        this.#done++;
      }
    } catch (error) {
      this.failures.push(InferenceError.from(error));
    }
  }
}
