import {type ExecutableNetwork, InferenceError} from '../../src/index.js';
import {floats} from '../support/cluster-networks.js';
import {eventually} from '../support/eventually.js';

export interface LoadSettings {
  /** Infer requests that are on their way at once. */
  readonly requests: number;
  readonly timeoutMs: number;
}

export interface LoadCounts {
  readonly sent: number;
  readonly succeeded: number;
  /** Those of them that took more than one attempt. */
  readonly retried: number;
  readonly failed: Readonly<Record<string, number>>;
  /** Not settled a while after their deadline. */
  readonly lost: number;
  readonly wrong: number;
}

/** A request must settle at its deadline; this is for a busy machine's timers. */
const lateMsMax = 5000;

/** Requests without end to a network that computes y = 2x + 1; each is checked. */
export class ChaosLoad {
  readonly #executable: ExecutableNetwork;
  readonly #settings: LoadSettings;
  readonly #ended: Promise<unknown>;
  readonly #failed = new Map<string, number>();
  readonly #successTimes: number[] = [];
  #sent = 0;
  #retried = 0;
  #lost = 0;
  #wrong = 0;
  #stopped = false;

  constructor(executable: ExecutableNetwork, settings: LoadSettings) {
    this.#executable = executable;
    this.#settings = settings;
    this.#ended = Promise.all(Array.from({length: settings.requests}, () => this.#run()));
  }

  get counts(): LoadCounts {
    return {
      sent: this.#sent,
      succeeded: this.#successTimes.length,
      retried: this.#retried,
      failed: Object.fromEntries(this.#failed),
      lost: this.#lost,
      wrong: this.#wrong,
    };
  }

  /** Settles when `count` more requests have succeeded. */
  async more(count: number, timeoutMs = 60_000): Promise<void> {
    const wanted = this.#successTimes.length + count;
    const done = () => this.#successTimes.length;
    await eventually(done, reached => reached >= wanted, timeoutMs);
  }

  /** The longest time without a success since `at`. */
  recoveryMs(at: number): number {
    const times = [at, ...this.#successTimes.filter(time => time > at)];
    return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)), 0);
  }

  /** Settles when all that were sent have settled. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) await this.#infer(this.#sent++);
  }

  async #infer(value: number): Promise<void> {
    const {timeoutMs} = this.#settings;
    const request = this.#executable.createInferRequest();
    const late = AbortSignal.timeout(timeoutMs + lateMsMax);
    try {
      const {y} = await Promise.race([
        request.infer({x: floats([value, -value], 2)}, {timeoutMs}),
        new Promise<never>((_, reject) => {
          late.addEventListener('abort', () => reject(late.reason), {once: true});
        }),
      ]);
      const [first, second] = (y?.data ?? []) as Float32Array;
      if (first !== 2 * value + 1 || second !== 1 - 2 * value) this.#wrong++;
      if (request.attempts > 1) this.#retried++;
      this.#successTimes.push(performance.now());
    } catch (error) {
      if (late.aborted) this.#lost++;
      else this.#count(InferenceError.from(error).code);
    }
  }

  #count(code: string): void {
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1);
  }
}
