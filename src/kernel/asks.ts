import type {Ask, Reply} from '../../schemas/messages/ask.js';
import {InferenceError} from '../errors.js';
import type {Address} from '../ports/transport.js';
import type {Outcome, SendEffect} from './behaviour.js';

/** A question to another actor. */
export interface Question {
  readonly to: Address;
  readonly timeoutMs: number;
  /** The message, once it is known how to answer it. */
  message(ask: Ask): unknown;
  /** The error when nobody receives at `to`. */
  absent(): InferenceError;
}

type Settle<T> = (outcome: Outcome) => T;

/** The end of a question: what is to be done, and what its owner made of it. */
export interface Settled<T> {
  readonly effects: AskEffect[];
  readonly settled: T;
}

interface Pending<T> {
  readonly question: Question;
  readonly settle: Settle<T>;
}

/** What its owner's timers bring back. */
export interface AskTimeout {
  readonly kind: 'askTimeout';
  readonly id: number;
}

export type AskEffect =
  | SendEffect
  | {
      readonly do: 'after';
      readonly key: string;
      readonly delayMs: number;
      readonly message: AskTimeout;
    }
  | {readonly do: 'cancelTimer'; readonly key: string};

const tokenPrefix = 'ask-';

/**
 * The questions that one actor has asked and that are not answered yet. Each is settled exactly
 * once: by its reply, by its time-out, or because nobody was there. `T` is what the owner makes of
 * an end.
 */
export class Asks<T> {
  readonly #self: Address;
  readonly #pending = new Map<number, Pending<T>>();
  #asked = 0;

  constructor(self: Address) {
    this.#self = self;
  }

  ask(question: Question, settle: Settle<T>): AskEffect[] {
    const id = this.#asked++;
    const token = `${tokenPrefix}${id}`;
    this.#pending.set(id, {question, settle});
    const message = question.message({from: this.#self, id});
    const timeout: AskTimeout = {kind: 'askTimeout', id};
    return [
      {do: 'after', key: token, delayMs: question.timeoutMs, message: timeout},
      {do: 'send', to: question.to, message, token},
    ];
  }

  onReply(reply: Reply): Settled<T> | undefined {
    return this.#settle(
      reply.id,
      reply.ok
        ? {ok: true, value: reply.value}
        : {ok: false, error: InferenceError.fromWire(reply.error)},
    );
  }

  onTimeout({id}: AskTimeout): Settled<T> | undefined {
    const asked = this.#pending.get(id)?.question;
    const text = `no answer from ${asked?.to} within ${asked?.timeoutMs} ms`;
    return this.#settle(id, {ok: false, error: new InferenceError('DEADLINE_EXCEEDED', text)});
  }

  /** Undefined also for a token that is none of an ask. */
  onLost(token: string, unsent?: InferenceError): Settled<T> | undefined {
    if (!token.startsWith(tokenPrefix)) return undefined;
    const id = Number(token.slice(tokenPrefix.length));
    const question = this.#pending.get(id)?.question;
    if (question === undefined) return undefined;
    return this.#settle(id, {ok: false, error: unsent ?? question.absent()});
  }

  /** Questions to these addresses end as if they had reached nobody. */
  onGone(addresses: ReadonlySet<Address>): Settled<T>[] {
    return [...this.#pending].flatMap(([id, {question}]) => {
      if (!addresses.has(question.to)) return [];
      return this.#settle(id, {ok: false, error: question.absent()}) ?? [];
    });
  }

  /** Every open question ends with `error`. */
  abandon(error: InferenceError): Settled<T>[] {
    return [...this.#pending.keys()].flatMap(id => this.#settle(id, {ok: false, error}) ?? []);
  }

  #settle(id: number, outcome: Outcome): Settled<T> | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    return {
      effects: [{do: 'cancelTimer', key: `${tokenPrefix}${id}`}],
      settled: pending.settle(outcome),
    };
  }
}
