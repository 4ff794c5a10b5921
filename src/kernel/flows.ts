import type {Reply} from '../../schemas/messages/ask.js';
import type {InferenceError} from '../errors.js';
import type {Address} from '../ports/transport.js';
import {Asks, type AskTimeout, type Question, type Settled} from './asks.js';
import type {Effect, Outcome} from './behaviour.js';

/** What a flow waits for. */
export type Wait =
  /** A task; the flow goes on with its value, or its error is thrown into the flow. */
  | {readonly wait: 'run'; readonly executor: string; readonly task: unknown}
  /** Answers to all of these; the flow goes on with one outcome for each, in order. */
  | {readonly wait: 'ask'; readonly questions: readonly Question[]};

/**
 * Work of several steps inside an actor, written as a generator: it yields what it waits for and is
 * resumed with what came. Between two yields it is as synchronous as any behaviour.
 */
export type Flow<T> = Generator<Wait, T, unknown>;

type Effects<Private> = Effect<Private | FlowMessage>[];

export type FlowMessage =
  | AskTimeout
  | {readonly kind: 'flowRan'; readonly flow: number; readonly outcome: Outcome};

interface Running<Private> {
  readonly flow: Flow<unknown>;
  readonly done: (outcome: Outcome) => Effect<Private | FlowMessage>[];
  answers: Outcome[];
  awaited: number;
}

/** The flows of one actor, whose own messages are `Private`. */
export class Flows<Private = never> {
  readonly #running = new Map<number, Running<Private>>();
  readonly #asks: Asks<Effects<Private>>;
  #started = 0;

  constructor(self: Address) {
    this.#asks = new Asks(self);
  }

  get size(): number {
    return this.#running.size;
  }

  /** Runs `flow` up to its first wait; `done` gets what it returned or threw. */
  start<T>(flow: Flow<T>, done: (outcome: Outcome) => Effects<Private>): Effects<Private> {
    const id = this.#started++;
    this.#running.set(id, {flow, done, answers: [], awaited: 0});
    return this.#advance(id, () => flow.next());
  }

  onReply(reply: Reply): Effects<Private> {
    return flatten(this.#asks.onReply(reply));
  }

  onLost(token: string, unsent?: InferenceError): Effects<Private> {
    return flatten(this.#asks.onLost(token, unsent));
  }

  /** What was asked of these addresses will not be answered. */
  onGone(addresses: ReadonlySet<Address>): Effects<Private> {
    return this.#asks.onGone(addresses).flatMap(flatten);
  }

  resume(message: FlowMessage): Effects<Private> {
    if (message.kind === 'askTimeout') return flatten(this.#asks.onTimeout(message));
    const running = this.#running.get(message.flow);
    if (running === undefined) return [];
    const {outcome} = message;
    return this.#advance(message.flow, () =>
      outcome.ok ? running.flow.next(outcome.value) : running.flow.throw(outcome.error),
    );
  }

  /** Every flow ends with `error`, wherever it is; what it has asked for is not waited for. */
  abandon(error: InferenceError): Effects<Private> {
    const running = [...this.#running.values()];
    this.#running.clear();
    const asked = this.#asks.abandon(error).flatMap(flatten);
    return [...asked, ...running.flatMap(({done}) => done({ok: false, error}))];
  }

  #advance(id: number, step: () => IteratorResult<Wait, unknown>): Effects<Private> {
    const running = this.#running.get(id);
    if (running === undefined) return [];
    try {
      const next = step();
      if (!next.done) return this.#wait(id, running, next.value);
      this.#running.delete(id);
      return running.done({ok: true, value: next.value});
    } catch (error) {
      this.#running.delete(id);
      return running.done({ok: false, error});
    }
  }

  #wait(id: number, running: Running<Private>, wait: Wait): Effects<Private> {
    if (wait.wait === 'run') {
      const settled = (outcome: Outcome): FlowMessage => ({kind: 'flowRan', flow: id, outcome});
      return [{do: 'run', executor: wait.executor, task: wait.task, settled}];
    }
    if (wait.questions.length === 0) return this.#advance(id, () => running.flow.next([]));
    running.answers = [];
    running.awaited = wait.questions.length;
    return wait.questions.flatMap((question, index) =>
      this.#asks.ask(question, outcome => this.#onAnswer(id, index, outcome)),
    );
  }

  #onAnswer(id: number, index: number, outcome: Outcome): Effects<Private> {
    const running = this.#running.get(id);
    if (running === undefined) return [];
    running.answers[index] = outcome;
    running.awaited--;
    if (running.awaited > 0) return [];
    return this.#advance(id, () => running.flow.next(running.answers));
  }
}

function flatten<Private>(end: Settled<Effects<Private>> | undefined): Effects<Private> {
  return end === undefined ? [] : [...end.effects, ...(end.settled ?? [])];
}
