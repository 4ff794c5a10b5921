import type {Reply} from '../schemas/messages/ask.js';
import {type StageMessage, stageStatsSchema} from '../schemas/messages/stage.js';
import {InferenceError} from '../src/errors.js';
import {Asks, type AskTimeout, type Question, type Settled} from '../src/kernel/asks.js';
import type {Effect, Outcome} from '../src/kernel/behaviour.js';
import type {DeviceOptions} from './device.js';

type Look = {readonly kind: 'look'};
type Effects = Effect<Look | AskTimeout>[];
type Then = (now: number) => Effects;

const lookMs = 200;
const answerMsMax = 1000;

/**
 * What a device does between its goodbye and its end. The coordinator lays out elsewhere what it runs,
 * and clients turn there; until then, and until what is under way has ended, its stages go on.
 */
export class Departure {
  readonly #options: DeviceOptions;
  readonly #asks: Asks<Then>;
  #begunAt: number | undefined;
  /** When a stage was last seen with work. */
  #busyAt = 0;
  #unanswered = 0;
  /** Requests that its stages had done at the last look, and have at this one. */
  #done = 0;
  #counted = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.#asks = new Asks(options.description.address);
  }

  get hasBegun(): boolean {
    return this.#begunAt !== undefined;
  }

  begin(stages: Iterable<string>, now: number): Effects {
    if (this.hasBegun) return [];
    this.#begunAt = now;
    this.#busyAt = now;
    return this.look(stages, now);
  }

  /** Asks every stage whether it has work. */
  look(stages: Iterable<string>, now: number): Effects {
    const addresses = [...stages];
    const {idleMs, leaveMsMax} = this.#options;
    const overdue = now - (this.#begunAt ?? now) >= leaveMsMax;
    if (addresses.length === 0 || overdue || now - this.#busyAt >= idleMs) {
      return [{do: 'emit', event: {kind: 'left'}}];
    }
    this.#unanswered = addresses.length;
    this.#counted = 0;
    return addresses.flatMap(address =>
      this.#asks.ask(question(address), outcome => later => this.#onAnswer(outcome, later)),
    );
  }

  onReply(reply: Reply, now: number): Effects {
    return flatten(this.#asks.onReply(reply), now);
  }

  onTimeout(timeout: AskTimeout, now: number): Effects {
    return flatten(this.#asks.onTimeout(timeout), now);
  }

  onLost(token: string, now: number): Effects {
    return flatten(this.#asks.onLost(token), now);
  }

  #onAnswer(outcome: Outcome, now: number): Effects {
    const stats = outcome.ok ? stageStatsSchema.safeParse(outcome.value) : undefined;
    if (stats?.success && stats.data.load > 0) this.#busyAt = now;
    this.#counted += stats?.success ? stats.data.executed : 0;
    this.#unanswered--;
    if (this.#unanswered > 0) return [];
    if (this.#counted !== this.#done) this.#busyAt = now;
    this.#done = this.#counted;
    return [{do: 'after', key: 'look', delayMs: lookMs, message: {kind: 'look'}}];
  }
}

function question(to: string): Question {
  return {
    to,
    timeoutMs: answerMsMax,
    message: (ask): StageMessage => ({kind: 'stats', ask}),
    absent: () => new InferenceError('DEVICE_LOST', `nobody is at ${to}`),
  };
}

function flatten(end: Settled<Then> | undefined, now: number): Effects {
  return end === undefined ? [] : [...end.effects, ...(end.settled?.(now) ?? [])];
}
