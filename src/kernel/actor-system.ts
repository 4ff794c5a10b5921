import {InferenceError} from '../errors.js';
import type {Clock} from '../ports/clock.js';
import type {Log} from '../ports/log.js';
import type {Metric} from '../ports/metrics.js';
import type {SpanRecorder} from '../ports/span-recorder.js';
import type {TaskExecutor} from '../ports/task-executor.js';
import type {Timer, Timers} from '../ports/timers.js';
import type {Address, Frame, Listening, Transport} from '../ports/transport.js';
import type {Behaviour, Effect, Outcome, SendEffect} from './behaviour.js';
import {NoiseGate} from './noise-gate.js';
import {refusalOf} from './refusal-of.js';

/** The world that actors live in. */
export interface World {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Default: this process traces nothing. */
  readonly spans?: SpanRecorder | undefined;
}

type Handle = (now: number) => readonly Effect<unknown>[] | undefined;

interface Actor {
  readonly address: Address;
  readonly behaviour: Behaviour;
  readonly timers: Map<string, Timer>;
  readonly listening: Set<Listening>;
  readonly onEvent: ((event: unknown) => void) | undefined;
  /** What came up while it was handling something else. */
  readonly waiting: Handle[];
  busy: boolean;
  stopped: boolean;
}

const noTensors = new Map();

/**
 * Runs behaviours: gives them what arrives, and does what they return, in order. One message is
 * handled to its end before the next; nothing here waits. What is refused at the door (a message
 * that does not parse) is logged and dropped; if it asks, its sender is told.
 */
export class ActorSystem {
  readonly #world: World;
  readonly #actors = new Map<Address, Actor>();
  readonly #executors = new Map<string, TaskExecutor>();
  /** What did not get through: frames to actors here, and messages of theirs. */
  readonly #failures = {dropped: 0, refused: 0, unsent: 0};
  readonly #noise = new NoiseGate();

  constructor(world: World) {
    this.#world = world;
  }

  /** Adds an executor that `run` effects may name. */
  provide(name: string, executor: TaskExecutor): void {
    this.#executors.set(name, executor);
  }

  withdraw(name: string): void {
    this.#executors.delete(name);
  }

  /** Starts an actor; `onEvent` gets what it emits. An actor already at `address` is stopped. */
  spawn(address: Address, behaviour: Behaviour, onEvent?: (event: unknown) => void): void {
    this.stop(address);
    const actor: Actor = {
      address,
      behaviour,
      timers: new Map(),
      listening: new Set(),
      onEvent,
      waiting: [],
      busy: false,
      stopped: false,
    };
    this.#actors.set(address, actor);
    this.#listen(actor, address);
    this.#handle(actor, now => behaviour.start?.(now));
  }

  /** Lets the actor at `address` receive at a second address too, until the answer's `stop`. */
  alias(address: Address, second: Address): Listening {
    const actor = this.#actors.get(address);
    if (actor === undefined) return {stop: () => {}};
    return this.#listen(actor, second);
  }

  /** Gives an actor a private message; false if there is none at `address`. */
  tell(address: Address, message: unknown): boolean {
    const actor = this.#actors.get(address);
    if (actor === undefined) return false;
    this.#resume(actor, message);
    return true;
  }

  stop(address: Address): void {
    const actor = this.#actors.get(address);
    if (actor === undefined) return;
    this.#actors.delete(address);
    const lastWords = actor.behaviour.stopped?.(this.#world.clock.now()) ?? [];
    this.#perform(actor, lastWords);
    actor.stopped = true;
    for (const listening of actor.listening) listening.stop();
    for (const timer of actor.timers.values()) timer.cancel();
    actor.timers.clear();
  }

  /** Whether spans go anywhere. */
  get traces(): boolean {
    return this.#world.spans !== undefined;
  }

  /** Of its actors, of the transport, and its own. */
  metrics(): readonly Metric[] {
    const {clock, transport} = this.#world;
    const actors = [...this.#actors.values()];
    const now = clock.now();
    const name = 'heterodyne_messages_failed_total';
    const help = 'Messages that were broken or too large (dropped), none (refused), or not sent.';
    const samples = Object.entries(this.#failures).map(([how, value]) => ({labels: {how}, value}));
    return [
      ...actors.flatMap(({behaviour}) => behaviour.metrics?.(now) ?? []),
      ...(transport.metrics?.() ?? []),
      {type: 'counter', name, help, samples},
    ];
  }

  close(): void {
    for (const address of [...this.#actors.keys()].reverse()) this.stop(address);
  }

  #listen(actor: Actor, address: Address): Listening {
    const inner = this.#world.transport.listen(address, {
      deliver: frame => this.#deliver(actor, frame),
      dropped: reason => {
        this.#failures.dropped++;
        this.#warn('frame dropped', {address, reason});
      },
      lost: (token, refusal) => this.#tellLost(actor, token, refusal),
    });
    const listening = {
      stop: () => {
        actor.listening.delete(listening);
        inner.stop();
      },
    };
    actor.listening.add(listening);
    return listening;
  }

  /**
   * Lets an actor handle something, and does what it returns. What comes up for it meanwhile (its
   * host's answer to an event, a send that failed) has its turn afterwards.
   */
  #handle(actor: Actor, handle: Handle): void {
    actor.waiting.push(handle);
    if (actor.busy) return;
    actor.busy = true;
    try {
      for (let next = actor.waiting.shift(); next !== undefined; next = actor.waiting.shift()) {
        if (!actor.stopped) this.#perform(actor, next(this.#world.clock.now()) ?? []);
      }
    } finally {
      actor.busy = false;
    }
  }

  #deliver(actor: Actor, frame: Frame): void {
    if (actor.stopped) return;
    let message: unknown;
    try {
      message = actor.behaviour.parse(frame.message);
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      const {address} = actor;
      this.#failures.refused++;
      this.#warn('message refused', {address, reason: error.message});
      const refusal = refusalOf(frame.message, error);
      if (refusal !== undefined) this.#send(actor, refusal);
      return;
    }
    const delivery = {message, tensors: frame.tensors, owned: frame.owned};
    this.#handle(actor, now => actor.behaviour.receive(delivery, now));
  }

  #resume(actor: Actor, message: unknown): void {
    this.#handle(actor, now => actor.behaviour.resume?.(message, now));
  }

  #perform(actor: Actor, effects: readonly Effect<unknown>[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case 'send':
          this.#send(actor, effect);
          break;
        case 'after':
          this.#after(actor, effect.key, effect.delayMs, effect.message);
          break;
        case 'cancelTimer':
          actor.timers.get(effect.key)?.cancel();
          actor.timers.delete(effect.key);
          break;
        case 'run':
          this.#run(actor, effect.executor, effect.task, effect.settled);
          break;
        case 'spawn':
          this.spawn(effect.address, effect.behaviour);
          break;
        case 'stop':
          this.stop(effect.address);
          break;
        case 'log':
          this.#world.log.write(effect.level, effect.message, effect.fields);
          break;
        case 'span':
          this.#world.spans?.record(effect.span);
          break;
        case 'emit':
          actor.onEvent?.(effect.event);
          break;
      }
    }
  }

  /** What cannot be sent at all (too large, connection closed) counts as lost, if that was asked. */
  #send(actor: Actor, effect: SendEffect): void {
    const {transport} = this.#world;
    const options =
      effect.token === undefined ? undefined : {from: actor.address, token: effect.token};
    try {
      transport.send(
        effect.to,
        {
          message: effect.message,
          tensors: effect.tensors ?? noTensors,
          owned: effect.owned ?? false,
        },
        options,
      );
    } catch (thrown) {
      const error = InferenceError.from(thrown);
      this.#failures.unsent++;
      this.#warn('send failed', {to: effect.to, reason: error.message});
      if (effect.token !== undefined) this.#tellLost(actor, effect.token, error);
    }
  }

  /** `error`: why it did not get there, where it is not that nobody is there. */
  #tellLost(actor: Actor, token: string, error: InferenceError | undefined): void {
    const {behaviour} = actor;
    this.#handle(actor, now =>
      error === undefined || behaviour.unsent === undefined
        ? behaviour.lost?.(token, now)
        : behaviour.unsent(token, error, now),
    );
  }

  /** Metrics count all of them. */
  #warn(message: string, fields: Readonly<Record<string, unknown>>): void {
    const {log, clock} = this.#world;
    log.write(this.#noise.level(clock.now()), message, fields);
  }

  #after(actor: Actor, key: string, delayMs: number, message: unknown): void {
    if (actor.stopped) return;
    actor.timers.get(key)?.cancel();
    const timer = this.#world.timers.after(delayMs, () => {
      actor.timers.delete(key);
      this.#resume(actor, message);
    });
    actor.timers.set(key, timer);
  }

  #run(actor: Actor, name: string, task: unknown, settled: (outcome: Outcome) => unknown): void {
    const executor = this.#executors.get(name);
    if (executor === undefined) {
      const error = new InferenceError('RELEASED', `there is no executor ${name}`);
      queueMicrotask(() => this.#resume(actor, settled({ok: false, error})));
      return;
    }
    runOn(executor, task).then(
      value => this.#resume(actor, settled({ok: true, value})),
      (error: unknown) => this.#resume(actor, settled({ok: false, error})),
    );
  }
}

/** What an executor throws counts as what it rejects with: plugins are not ours. */
async function runOn(executor: TaskExecutor, task: unknown): Promise<unknown> {
  return executor.run(task);
}
