import type {Ask, Reply} from '../../schemas/messages/ask.js';
import {InferenceError} from '../errors.js';
import type {Address} from '../ports/transport.js';
import type {Outcome, SendEffect} from './behaviour.js';

/** A question to another actor. */
export interface Question {
  readonly to: Address;
  readonly timeoutMs: number;
  /**
   * Unless it is answered it is sent again this often: the question or its answer may get lost. Only
   * for what may be asked twice.
   */
  readonly repeatMs?: number;
  /** The message, once it is known how to answer it. */
  message(ask: Ask): unknown;
  /** The error when nobody receives at `to`. */
  absent(): InferenceError;
}

type Settle<T> = (outcome: Outcome) => T;

/** What became of a question: what is to be done, and at its end what its owner made of it. */
export interface Settled<T> {
  readonly effects: AskEffect[];
  /** Undefined: it was sent again. */
  readonly settled: T | undefined;
}

interface Pending<T> {
  readonly question: Question;
  readonly settle: Settle<T>;
  /** Of its time, what has not been waited for yet. */
  leftMs: number;
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
    const pending = {question, settle, leftMs: question.timeoutMs};
    this.#pending.set(id, pending);
    return this.#send(id, pending);
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
    const pending = this.#pending.get(id);
    if (pending !== undefined && pending.leftMs > 0) {
      return {effects: this.#send(id, pending), settled: undefined};
    }
    const asked = pending?.question;
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

  #send(id: number, pending: Pending<T>): AskEffect[] {
    const {to, repeatMs, message} = pending.question;
    const delayMs = Math.min(repeatMs ?? pending.leftMs, pending.leftMs);
    pending.leftMs -= delayMs;
    const token = `${tokenPrefix}${id}`;
    const timeout: AskTimeout = {kind: 'askTimeout', id};
    return [
      {do: 'after', key: token, delayMs, message: timeout},
      {do: 'send', to, message: message({from: this.#self, id}), token},
    ];
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
