import type {StageResult, StageTask} from '../../actors/stage-task.js';
import type {Timers} from '../ports/timers.js';
import {batchKey, mergeTensors, rowsOf, splitTensors} from './batch-tensors.js';

export interface BatcherOptions {
  /** Rows, along the first axis, that run as one. */
  readonly rowsMax: number;
  /** Tensors that are for one request only: with one of them it runs alone. */
  readonly overridable: readonly string[];
  /** How long a request waits for others; then what there is runs. */
  readonly timeoutMs: number;
  readonly timers: Timers;
  /** Runs what it is given, a batch or a single request. */
  infer(task: StageTask): Promise<StageResult>;
}

interface Waiting {
  readonly task: StageTask;
  readonly rows: number;
  resolve(result: StageResult): void;
  reject(error: unknown): void;
}

/** Requests that fit together, and what ends their wait. */
interface Group {
  readonly waiting: Waiting[];
  rows: number;
  stop(): void;
}

/**
 * Runs requests as one, as BATCH asks for: when there are `rowsMax` rows, or when the first of them
 * has waited for `timeoutMs`; then a part of a batch runs, as one too. Requests of other shapes do not
 * wait for each other. A batch that fails is run again request by request, so that none fails for
 * another's sake.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  readonly #groups = new Map<string, Group>();
  #timeoutMs: number;

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs;
  }

  /** For the batches that begin from now on. */
  setTimeoutMs(timeoutMs: number): void {
    this.#timeoutMs = timeoutMs;
  }

  infer(task: StageTask): Promise<StageResult> {
    const {rowsMax, overridable} = this.#options;
    const isAlone = overridable.some(name => task.tensors.has(name));
    const key = batchKey(task.tensors);
    const rows = rowsOf(task.tensors);
    if (isAlone || key === undefined || rows === undefined || rows >= rowsMax) {
      return this.#options.infer(task);
    }
    return new Promise((resolve, reject) => {
      this.#join(key, {task, rows, resolve, reject});
    });
  }

  /** What waits runs now. */
  flush(): void {
    for (const key of [...this.#groups.keys()]) this.#start(key);
  }

  #join(key: string, waiting: Waiting): void {
    const {rowsMax} = this.#options;
    if ((this.#groups.get(key)?.rows ?? 0) + waiting.rows > rowsMax) this.#start(key);
    const group = this.#groups.get(key) ?? this.#open(key);
    group.waiting.push(waiting);
    group.rows += waiting.rows;
    if (group.rows >= rowsMax) this.#start(key);
  }

  #open(key: string): Group {
    const timer = this.#options.timers.after(this.#timeoutMs, () => this.#start(key));
    const group: Group = {waiting: [], rows: 0, stop: () => timer.cancel()};
    this.#groups.set(key, group);
    return group;
  }

  #start(key: string): void {
    const group = this.#groups.get(key);
    this.#groups.delete(key);
    group?.stop();
    if (group !== undefined) void this.#run(group.waiting);
  }

  async #run(waiting: readonly Waiting[]): Promise<void> {
    const results = await this.#together(waiting);
    for (const [at, each] of waiting.entries()) {
      const result = results?.[at];
      if (result === undefined) this.#options.infer(each.task).then(each.resolve, each.reject);
      else each.resolve(result);
    }
  }

  /** A result for each; undefined if they cannot run as one. */
  async #together(waiting: readonly Waiting[]): Promise<readonly StageResult[] | undefined> {
    if (waiting.length < 2) return undefined;
    try {
      const {tensors, ...rest} = await this.#options.infer({
        tensors: mergeTensors(waiting.map(({task}) => task.tensors)),
        owned: true,
        profile: waiting.some(({task}) => task.profile),
      });
      const parts = splitTensors(
        tensors,
        waiting.map(({rows}) => rows),
      );
      return parts?.map(part => ({tensors: part, ...rest}));
    } catch {
      // Each says by itself what is wrong with it.
      return undefined;
    }
  }
}
