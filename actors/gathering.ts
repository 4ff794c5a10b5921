import type {Infer, StageTiming} from '../schemas/messages/stage.js';
import type {Priority} from '../schemas/priority.js';
import type {StateRef} from '../schemas/state.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';
import type {TraceContext} from '../schemas/trace-context.js';

/** What names one try of one request. */
export interface Attempt {
  readonly client: string;
  readonly request: number;
  readonly attempt: number;
}

/** What an attempt is known by at a stage. */
export function attemptKey(of: Attempt): string {
  return `${of.client}/${of.request}/${of.attempt}`;
}

/** One attempt of one request at a stage: what has come for it, and who is still to send. */
export class Gathering implements Attempt {
  readonly client: string;
  readonly request: number;
  readonly attempt: number;
  readonly route: readonly number[];
  readonly profile: boolean;
  readonly priority: Priority;
  readonly deadlineAt: number;
  readonly tensors = new Map<string, TensorData>();
  readonly #timings = new Map<number, StageTiming>();
  readonly #missing: Set<number>;
  #owned = true;
  /** When the last input came; until then, when the first did. */
  readyAt: number;
  /** When the kernel began. */
  startedAt: number | undefined;
  /** Nobody waits for it any more; it runs to its end only because a kernel cannot be stopped. */
  discarded = false;
  /** Its kernel was found not to end. */
  reported = false;
  /** The states that it goes on from, if the network has any. */
  readonly state: StateRef | undefined;
  /** If its client traces the request. */
  readonly trace: TraceContext | undefined;

  constructor(infer: Infer, sources: readonly number[], now: number) {
    this.client = infer.client;
    this.request = infer.request;
    this.attempt = infer.attempt;
    this.route = infer.route;
    this.profile = infer.profile;
    this.priority = infer.priority;
    this.state = infer.state;
    this.trace = infer.trace;
    this.readyAt = now;
    this.deadlineAt = now + infer.remainingMs;
    this.#missing = new Set(sources);
  }

  /** Adds one source's frame. A source that is not expected, or sent already, changes nothing. */
  add(infer: Infer, tensors: NamedTensors, owned: boolean): void {
    if (!this.#missing.delete(infer.source)) return;
    for (const [name, tensor] of tensors) this.tensors.set(name, tensor);
    for (const timing of infer.timings) this.#timings.set(timing.stage, timing);
    this.#owned &&= owned;
  }

  /** Adds tensors that stay with whoever has them. */
  borrow(tensors: NamedTensors): void {
    for (const [name, tensor] of tensors) this.tensors.set(name, tensor);
    this.#owned = false;
  }

  get complete(): boolean {
    return this.#missing.size === 0;
  }

  /** Every tensor's buffer may be given away. */
  get owned(): boolean {
    return this.#owned;
  }

  /** Of the stages that this attempt went through so far; each once, although paths may join. */
  get timings(): readonly StageTiming[] {
    return [...this.#timings.values()];
  }
}
