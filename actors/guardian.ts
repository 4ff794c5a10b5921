import {InferenceError, unreachable} from '../src/errors.js';
import type {Behaviour, Effect, Outcome} from '../src/kernel/behaviour.js';

export interface GuardianOptions {
  /** Names of the processes to keep running; tasks for the executor. */
  readonly children: readonly string[];
  /** Name of the executor that runs a child: its task ends when the child has ended. */
  readonly executor: string;
  readonly restartDelayMsMin: number;
  readonly restartDelayMsMax: number;
  /** A child that ends more often than this within `windowMs` is given up. */
  readonly restartsMax: number;
  readonly windowMs: number;
}

/** What the guardian tells its host. */
export type GuardianEvent =
  | {
      readonly kind: 'restarting';
      readonly child: string;
      readonly delayMs: number;
      readonly why: string;
    }
  | {readonly kind: 'givenUp'; readonly child: string; readonly why: string};

type Private =
  | {readonly kind: 'ended'; readonly child: string; readonly outcome: Outcome}
  | {readonly kind: 'restart'; readonly child: string};

/** Keeps processes running: restarts with growing delays, and gives up what keeps failing. */
export class Guardian implements Behaviour<never, Private> {
  readonly #options: GuardianOptions;
  /** When each child ended lately. */
  readonly #ends = new Map<string, readonly number[]>();

  constructor(options: GuardianOptions) {
    this.#options = options;
  }

  parse(): never {
    throw new InferenceError('INVALID_FRAME', 'a guardian takes no messages');
  }

  start(): Effect<Private>[] {
    return this.#options.children.map(child => this.#run(child));
  }

  receive(): Effect<Private>[] {
    return [];
  }

  resume(message: Private, now: number): Effect<Private>[] {
    switch (message.kind) {
      case 'ended':
        return this.#onEnded(message.child, whyOf(message.outcome), now);
      case 'restart':
        return [this.#run(message.child)];
      default:
        return unreachable(message);
    }
  }

  #run(child: string): Effect<Private> {
    return {
      do: 'run',
      executor: this.#options.executor,
      task: child,
      settled: outcome => ({kind: 'ended', child, outcome}),
    };
  }

  #onEnded(child: string, why: string, now: number): Effect<Private>[] {
    const {windowMs, restartsMax, restartDelayMsMin, restartDelayMsMax} = this.#options;
    const lately = (this.#ends.get(child) ?? []).filter(at => now - at < windowMs);
    this.#ends.set(child, [...lately, now]);
    if (lately.length >= restartsMax) return [emit({kind: 'givenUp', child, why})];
    const delayMs = Math.min(restartDelayMsMin * 2 ** lately.length, restartDelayMsMax);
    return [
      emit({kind: 'restarting', child, delayMs, why}),
      {do: 'after', key: child, delayMs, message: {kind: 'restart', child}},
    ];
  }
}

function whyOf(outcome: Outcome): string {
  if (outcome.ok) return String(outcome.value);
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
}

function emit(event: GuardianEvent): Effect<Private> {
  return {do: 'emit', event};
}
