import type {NamedTensors} from '../../schemas/tensor.js';
import type {InferenceError} from '../../src/errors.js';
import type {
  Behaviour,
  Effect,
  LogEffect,
  Outcome,
  SendEffect,
  SpanEffect,
} from '../../src/kernel/behaviour.js';
import type {Metric} from '../../src/ports/metrics.js';
import type {Timer} from '../../src/ports/timers.js';
import {VirtualTime} from './virtual-time.js';

interface Run<Private> {
  readonly task: unknown;
  readonly settled: (outcome: Outcome) => Private;
}

/**
 * One behaviour without a system around it: its effects are done as they come, its timers run on
 * virtual time, and what it sends, runs and emits is kept for a test to look at and to answer.
 */
export class BareActor<Public, Private> {
  readonly time: VirtualTime;
  readonly events: unknown[] = [];
  /** When each of them was emitted. */
  readonly eventTimes: number[] = [];
  /** What kinds of effects were done, in order. */
  readonly done: Effect['do'][] = [];
  readonly logged: LogEffect[] = [];
  readonly spans: SpanEffect['span'][] = [];
  readonly spawned = new Map<string, Behaviour>();
  readonly stopped: string[] = [];
  /** Tasks that have not ended, oldest first. */
  readonly running: Run<Private>[] = [];
  readonly #behaviour: Behaviour<Public, Private>;
  readonly #timers = new Map<string, Timer>();
  #sent: SendEffect[] = [];

  constructor(behaviour: Behaviour<Public, Private>, time = new VirtualTime()) {
    this.time = time;
    this.#behaviour = behaviour;
    this.#perform(behaviour.start?.(time.now()));
  }

  receive(message: unknown, tensors: NamedTensors = new Map(), owned = false): void {
    const parsed = this.#behaviour.parse(message);
    const delivery = {message: parsed, tensors, owned};
    this.#perform(this.#behaviour.receive(delivery, this.time.now()));
  }

  tell(message: Private): void {
    this.#perform(this.#behaviour.resume?.(message, this.time.now()));
  }

  lost(token: string): void {
    this.#perform(this.#behaviour.lost?.(token, this.time.now()));
  }

  unsent(token: string, error: InferenceError): void {
    this.#perform(this.#behaviour.unsent?.(token, error, this.time.now()));
  }

  stop(): void {
    this.#perform(this.#behaviour.stopped?.(this.time.now()));
    for (const timer of this.#timers.values()) timer.cancel();
  }

  metrics(): readonly Metric[] {
    return this.#behaviour.metrics?.(this.time.now()) ?? [];
  }

  advance(ms: number): void {
    this.time.advance(ms);
  }

  /** Ends the oldest task. */
  settle(outcome: Outcome): void {
    const run = this.running.shift();
    if (run === undefined) throw new RangeError('no task runs');
    this.tell(run.settled(outcome));
  }

  /** What was sent since this was asked last. */
  sent(): readonly SendEffect[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  get timers(): readonly string[] {
    return [...this.#timers.keys()];
  }

  #perform(effects: readonly Effect<Private>[] = []): void {
    for (const effect of effects) {
      this.done.push(effect.do);
      this.#do(effect);
    }
  }

  #do(effect: Effect<Private>): void {
    switch (effect.do) {
      case 'send':
        this.#sent.push(effect);
        break;
      case 'after':
        this.#arm(effect.key, effect.delayMs, effect.message);
        break;
      case 'cancelTimer':
        this.#timers.get(effect.key)?.cancel();
        this.#timers.delete(effect.key);
        break;
      case 'run':
        this.running.push(effect);
        break;
      case 'spawn':
        this.spawned.set(effect.address, effect.behaviour);
        break;
      case 'stop':
        this.stopped.push(effect.address);
        break;
      case 'log':
        this.logged.push(effect);
        break;
      case 'span':
        this.spans.push(effect.span);
        break;
      case 'emit':
        this.events.push(effect.event);
        this.eventTimes.push(this.time.now());
        break;
    }
  }

  #arm(key: string, delayMs: number, message: Private): void {
    this.#timers.get(key)?.cancel();
    const timer = this.time.after(delayMs, () => {
      this.#timers.delete(key);
      this.tell(message);
    });
    this.#timers.set(key, timer);
  }
}
