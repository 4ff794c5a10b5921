import type {Ask} from '../schemas/messages/ask.js';
import {
  type Infer,
  type ReadState,
  type StageMessage,
  type StageTiming,
  stageMessageSchema,
} from '../schemas/messages/stage.js';
import type {NamedTensors} from '../schemas/tensor.js';
import {InferenceError, invariant, queueFull, unreachable} from '../src/errors.js';
import type {Behaviour, Delivery, Effect, Outcome} from '../src/kernel/behaviour.js';
import {Mailbox, type MailboxEntry} from '../src/kernel/mailbox.js';
import {messageParser} from '../src/kernel/parse-message.js';
import {RecentKeys} from '../src/kernel/recent-keys.js';
import type {Metric} from '../src/ports/metrics.js';
import {refused, succeeded} from './answer.js';
import {type Attempt, attemptKey, Gathering} from './gathering.js';
import {KeptStates} from './kept-states.js';
import {stageCounters} from './stage-counters.js';
import {StageJournal} from './stage-journal.js';
import {type StageLoad, StageMeter} from './stage-meter.js';
import {type OutboxOptions, StageOutbox} from './stage-outbox.js';
import type {
  ConfigureTask,
  RuntimeGraphTask,
  StageResult,
  StageTask,
  StuckTask,
} from './stage-task.js';
import {StageTracer, type StageTracerOptions} from './stage-tracer.js';

export interface StageReplicaOptions extends OutboxOptions, Omit<StageTracerOptions, 'address'> {
  /** Name of the task executor that runs the stage's kernel: the stage's address. */
  readonly executor: string;
  /** Inferences given to the executor at once. */
  readonly slots: number;
  /** Requests that may be here at once, besides those that run: gathering inputs or waiting. */
  readonly queuedMax: number;
  /** Who sends a frame for every request: stages by index, the client as -1. */
  readonly sources: readonly number[];
  /** Throws InferenceError for what must not reach the kernel. */
  admit(tensors: NamedTensors): void;
}

export type StagePrivate =
  | {readonly kind: 'settled'; readonly key: string; readonly outcome: Outcome}
  /** The executor's answer is the asker's. */
  | {readonly kind: 'answered'; readonly ask: Ask; readonly outcome: Outcome}
  | {readonly kind: 'toldStuck'}
  | {readonly kind: 'sweep'};

type Effects = Effect<StagePrivate>[];

/** Attempts remembered after their end, so that what comes late for them is dropped. */
const finishedMax = 4096;
/** How often requests past their deadline are looked for. */
const sweepMs = 500;
/** A kernel that runs on for so long after its request's deadline does not end by itself. */
const stuckMs = 10_000;

/**
 * What preprocess, execute and postprocess actors have in common. An attempt of a request gathers
 * one frame from each source, waits its turn (by priority, see PriorityLine), runs on the executor,
 * and its outputs go straight to the stages that consume them and to the client. Every attempt that
 * comes in ends in exactly one of: outputs sent, `failed` sent to the client, or silence after a
 * cancel or a passed deadline (both of which the client knows by itself).
 */
export class StageReplica implements Behaviour<StageMessage, StagePrivate> {
  readonly parse = messageParser(stageMessageSchema, 'stage');
  readonly #options: StageReplicaOptions;
  readonly #outbox: StageOutbox;
  readonly #gathering = new Map<string, Gathering>();
  readonly #waiting: Mailbox<Gathering>;
  readonly #running = new Map<string, Gathering>();
  readonly #finished = new RecentKeys(finishedMax);
  readonly #meter: StageMeter;
  readonly #journal: StageJournal;
  readonly #tracer: StageTracer;
  readonly #states: KeptStates;
  #sweeping = false;

  constructor(options: StageReplicaOptions) {
    this.#options = options;
    this.#outbox = new StageOutbox(options);
    this.#waiting = new Mailbox(options.queuedMax);
    const placed = {...options, address: options.executor};
    this.#meter = new StageMeter(placed);
    this.#journal = new StageJournal(placed);
    this.#tracer = new StageTracer(placed);
    this.#states = new KeptStates(options.states ?? []);
  }

  receive({message, tensors, owned}: Delivery<StageMessage>, now: number): Effects {
    switch (message.kind) {
      case 'infer':
        return this.#onInfer(message, {tensors, owned}, now);
      case 'cancel':
        return this.#onCancel(attemptKey(message), now);
      case 'readState':
        return [this.#readState(message)];
      case 'forgetState':
        this.#states.forget(message.client, message.session);
        return [];
      case 'runtimeGraph':
        return [this.#askExecutor(message.ask, {kind: 'runtimeGraph'})];
      case 'configure': {
        const {ask, batchTimeoutMs} = message;
        return [this.#askExecutor(ask, {kind: 'configure', batchTimeoutMs})];
      }
      case 'stats':
        return [succeeded(message.ask, this.#meter.stats(this.#now))];
      default:
        return unreachable(message);
    }
  }

  resume(message: StagePrivate, now: number): Effects {
    switch (message.kind) {
      case 'settled':
        return this.#onSettled(message.key, message.outcome, now);
      case 'answered':
        return [this.#answer(message.ask, message.outcome)];
      case 'toldStuck':
        return [];
      case 'sweep':
        return this.#onSweep(now);
      default:
        return unreachable(message);
    }
  }

  /**
   * A downstream stage is gone; the client must know, it may have another replica to turn to. If it
   * is the client that is gone, nobody hears this.
   */
  lost(token: string): Effects {
    const text = `the stage that follows ${this.#options.name} is gone`;
    return this.#outbox.undelivered(token, new InferenceError('DEVICE_LOST', text));
  }

  unsent(token: string, error: InferenceError): Effects {
    return this.#outbox.unsent(token, error);
  }

  /** DEVICE_LOST: a client that has another replica may turn to it. */
  stopped(now: number): Effects {
    const waiting = [...this.#waiting.entries()].map(([, gathering]) => gathering);
    const pending = [...this.#gathering.values(), ...waiting, ...this.#running.values()];
    const error = new InferenceError('DEVICE_LOST', `${this.#options.name} was stopped`);
    return pending
      .filter(gathering => !gathering.discarded)
      .flatMap(gathering => [
        this.#outbox.failure(gathering, error),
        ...this.#tracer.ended(gathering, now, {error}),
      ]);
  }

  metrics(): readonly Metric[] {
    return this.#meter.metrics(this.#now);
  }

  #askExecutor(ask: Ask, task: RuntimeGraphTask | ConfigureTask): Effect<StagePrivate> {
    const {executor} = this.#options;
    return {do: 'run', executor, task, settled: outcome => ({kind: 'answered', ask, outcome})};
  }

  #readState(message: ReadState): Effect<StagePrivate> {
    try {
      const tensors = this.#states.read(message.client, message.state);
      return this.#outbox.states(message, tensors, this.#load + this.#running.size);
    } catch (thrown) {
      return this.#outbox.failure(message, InferenceError.from(thrown));
    }
  }

  #answer(ask: Ask, outcome: Outcome): Effect<StagePrivate> {
    if (outcome.ok) return succeeded(ask, outcome.value);
    const {name: stage, device} = this.#options;
    return refused(ask, InferenceError.from(outcome.error).at({stage, device}));
  }

  get #load(): number {
    return this.#gathering.size + this.#waiting.size;
  }

  get #now(): StageLoad {
    return {queued: this.#load, running: this.#running.size};
  }

  #onInfer(
    infer: Infer,
    frame: {readonly tensors: NamedTensors; readonly owned: boolean},
    now: number,
  ): Effects {
    const key = attemptKey(infer);
    if (this.#finished.has(key) || this.#running.has(key) || this.#waiting.get(key)) return [];
    const spared = this.#gathering.has(key) ? undefined : this.#makeRoom(key, infer);
    const refusals = spared === undefined ? [] : this.#refuse(spared.key, spared.entry, now);
    if (spared?.key === key) return refusals;
    const gathering = this.#gathering.get(key) ?? new Gathering(infer, this.#options.sources, now);
    this.#gathering.set(key, gathering);
    gathering.add(infer, frame.tensors, frame.owned);
    if (!gathering.complete) return [...refusals, ...this.#armSweep()];
    this.#gathering.delete(key);
    return [...refusals, ...this.#onComplete(key, gathering, now)];
  }

  /** Who has to go if there is no room: one of lower priority that waits, or else who comes. */
  #makeRoom(key: string, infer: Infer): MailboxEntry<Attempt> | undefined {
    if (this.#load < this.#options.queuedMax) return undefined;
    return this.#waiting.pushOut(infer.priority) ?? {key, entry: infer};
  }

  #refuse(key: string, of: Attempt, now: number): Effects {
    this.#finished.add(key);
    this.#meter.count('refused');
    const text = `${this.#options.name} holds ${this.#options.queuedMax} requests already`;
    const error = queueFull(text, this.#retryAfterMs());
    return [this.#outbox.failure(of, error), ...this.#tracer.ended(of, now, {error})];
  }

  /** The time in which about half of what may wait here will be done. */
  #retryAfterMs(): number {
    return Math.ceil((this.#meter.runMs * this.#options.queuedMax) / this.#options.slots / 2);
  }

  #onComplete(key: string, gathering: Gathering, now: number): Effects {
    gathering.readyAt = now;
    if (gathering.deadlineAt <= now) return this.#expire(key, gathering, now);
    try {
      this.#outbox.checkRoute(gathering.route);
      const {state, tensors} = gathering;
      if (state !== undefined) gathering.borrow(this.#states.enter(gathering, state, tensors, now));
      this.#options.admit(gathering.tensors);
    } catch (thrown) {
      return this.#fail(key, gathering, InferenceError.from(thrown), now);
    }
    if (this.#running.size < this.#options.slots) {
      return [this.#run(key, gathering, now), ...this.#armSweep()];
    }
    const queued = this.#waiting.put(key, gathering, gathering.priority);
    invariant(queued, 'what gathers and what waits is bounded together');
    return this.#armSweep();
  }

  #run(key: string, gathering: Gathering, now: number): Effect<StagePrivate> {
    gathering.startedAt = now;
    this.#running.set(key, gathering);
    const {tensors, owned, profile} = gathering;
    const task: StageTask = {tensors, owned, profile};
    return {
      do: 'run',
      executor: this.#options.executor,
      task,
      settled: outcome => ({kind: 'settled', key, outcome}),
    };
  }

  /** The next request is given to the executor before this one's outputs are sent. */
  #onSettled(key: string, outcome: Outcome, now: number): Effects {
    const gathering = this.#running.get(key);
    this.#running.delete(key);
    const next = this.#runNext(now);
    if (gathering === undefined) return next;
    if (gathering.discarded) return [...next, ...this.#tracer.cancelled(gathering, now)];
    return [...next, ...this.#conclude(key, gathering, {outcome, now})];
  }

  #conclude(
    key: string,
    gathering: Gathering,
    {outcome, now}: {readonly outcome: Outcome; readonly now: number},
  ): Effects {
    if (!outcome.ok) {
      const error = InferenceError.from(outcome.error, 'STAGE_FAILED');
      return this.#fail(key, gathering, error, now);
    }
    const result = outcome.value as StageResult;
    const absent = this.#outbox.absentOutput(result.tensors);
    if (absent !== undefined) {
      const error = new InferenceError('STAGE_FAILED', `the kernel made no output ${absent}`);
      return this.#fail(key, gathering, error, now);
    }
    const timing = this.#time(gathering, result, now);
    if (gathering.deadlineAt <= now) return this.#expire(key, gathering, now);
    const {state} = gathering;
    const made = this.#outbox.apart(result.tensors);
    if (state !== undefined) this.#states.leave(gathering, state, made);
    this.#finished.add(key);
    const remainingMs = gathering.deadlineAt - now;
    const counters = gathering.profile
      ? stageCounters(this.#options, timing, result.counters)
      : undefined;
    const progress = {timing, counters, remainingMs, load: this.#load + this.#running.size};
    const effects: Effects = this.#outbox.outputs(gathering, made, progress);
    effects.push(...this.#tracer.ended(gathering, now, {timing}));
    return effects;
  }

  #runNext(now: number): Effects {
    const expired: Effects = [];
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      if (next.entry.deadlineAt > now) return [...expired, this.#run(next.key, next.entry, now)];
      expired.push(...this.#expire(next.key, next.entry, now));
    }
    return expired;
  }

  #time(gathering: Gathering, result: StageResult, now: number): StageTiming {
    const {startedAt = now} = gathering;
    const timing = {
      stage: this.#options.index,
      queueUs: (startedAt - gathering.readyAt) * 1000,
      executeUs: result.executeUs,
      runUs: (now - startedAt) * 1000,
      ...(this.#tracer.traces(gathering) && {traced: true}),
    };
    this.#meter.executed(timing);
    this.#journal.executed();
    return timing;
  }

  #onCancel(key: string, now: number): Effects {
    const running = this.#running.get(key);
    if (running !== undefined) running.discarded = true;
    const held = this.#gathering.get(key) ?? this.#waiting.get(key);
    this.#gathering.delete(key);
    this.#waiting.remove(key);
    if (!this.#finished.has(key)) this.#meter.count('cancelled');
    this.#finished.add(key);
    return held === undefined ? [] : this.#tracer.cancelled(held, now);
  }

  #fail(key: string, gathering: Gathering, error: InferenceError, now: number): Effects {
    this.#finished.add(key);
    this.#meter.count('failed');
    return [
      this.#outbox.failure(gathering, error),
      this.#journal.failed(gathering, error),
      ...this.#tracer.ended(gathering, now, {error}),
    ];
  }

  #expire(key: string, gathering: Gathering, now: number): Effects {
    this.#finished.add(key);
    this.#meter.count('expired');
    return this.#tracer.expired(gathering, now);
  }

  /** Whoever runs the kernels is told of one that does not end, once. */
  #reportStuck(now: number): Effects {
    const stuck = [...this.#running.values()].filter(({deadlineAt}) => now - deadlineAt >= stuckMs);
    const isNews = stuck.some(({reported}) => !reported);
    for (const gathering of stuck) gathering.reported = true;
    if (!isNews) return [];
    const task: StuckTask = {kind: 'stuck'};
    const {executor} = this.#options;
    return [{do: 'run', executor, task, settled: () => ({kind: 'toldStuck'})}];
  }

  #armSweep(): Effects {
    const held = this.#load + this.#running.size + this.#states.size;
    if (this.#sweeping || held === 0) return [];
    this.#sweeping = true;
    return [{do: 'after', key: 'sweep', delayMs: sweepMs, message: {kind: 'sweep'}}];
  }

  #onSweep(now: number): Effects {
    this.#sweeping = false;
    const expired: Effects = [];
    for (const [key, gathering] of [...this.#gathering, ...this.#waiting.entries()]) {
      if (gathering.deadlineAt > now) continue;
      this.#gathering.delete(key);
      this.#waiting.remove(key);
      expired.push(...this.#expire(key, gathering, now));
    }
    this.#states.expire(now);
    return [...expired, ...this.#reportStuck(now), ...this.#armSweep()];
  }
}
