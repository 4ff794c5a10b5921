import type {StageState, StateRef} from '../schemas/state.js';
import type {NamedTensors, TensorData} from '../schemas/tensor.js';
import {InferenceError, queueFull} from '../src/errors.js';
import type {Attempt} from './gathering.js';

/** States of one infer request, after `step` of its inferences. */
interface Kept {
  step: number;
  states: NamedTensors;
  /** What the inference after these made, until the one after that shows that its client knows. */
  next: {readonly by: Attempt; readonly states: NamedTensors} | undefined;
  usedAt: number;
}

/** Infer requests whose states one stage replica keeps. */
const sessionsMax = 1024;
/** Bytes of their states after which no other request is taken on. */
const stateBytesMax = 2 ** 32;
/** Whoever finds no room may look again after so long; requests end when their users wish. */
const sessionRetryMs = 100;
/** Without an inference for so long, states are dropped. */
const idleMs = 600_000;

/**
 * The states that a stage replica keeps for infer requests, beside its device. Those before an
 * inference are kept until the next one begins, so that an attempt that is repeated, or a request
 * that fails at another stage, goes on from what was there before.
 */
export class KeptStates {
  readonly #states: readonly StageState[];
  readonly #kept = new Map<string, Kept>();

  constructor(states: readonly StageState[]) {
    this.#states = states;
  }

  get size(): number {
    return this.#kept.size;
  }

  /**
   * The states that an attempt goes on from, by inputs of the stage: `brought` are those that its
   * client sends, initial ones or others than were made. Throws STATE_LOST if they are not here, and
   * QUEUE_FULL if there are too many already.
   */
  enter(of: Attempt, ref: StateRef, brought: NamedTensors, now: number): NamedTensors {
    const key = keyOf(of.client, ref.session);
    const states = this.#at(key, ref.step) ?? this.#begin(key, {...ref, brought});
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.step < ref.step) {
      kept.step = ref.step;
      kept.states = states;
      kept.next = undefined;
    }
    if (kept !== undefined) kept.usedAt = now;
    return this.#named(({input}) => brought.get(input) ?? states.get(input));
  }

  /** Takes what an attempt made, by outputs of the stage. An earlier attempt changes nothing. */
  leave(of: Attempt, ref: StateRef, outputs: NamedTensors): void {
    const kept = this.#kept.get(keyOf(of.client, ref.session));
    if (kept === undefined || kept.step !== ref.step || isAfter(kept.next?.by, of)) return;
    kept.next = {by: of, states: this.#named(({output}) => outputs.get(output))};
  }

  /** States before the inference `ref`, by their names. Throws STATE_LOST. */
  read(client: string, ref: StateRef): NamedTensors {
    const states = this.#at(keyOf(client, ref.session), ref.step);
    if (states === undefined) throw lost();
    const named = this.#states.map(({name, input}) => [name, states.get(input)] as const);
    return new Map(named.filter((entry): entry is [string, TensorData] => entry[1] !== undefined));
  }

  forget(client: string, session: number): void {
    this.#kept.delete(keyOf(client, session));
  }

  /** Drops what nobody has used for long. */
  expire(now: number): void {
    for (const [key, {usedAt}] of this.#kept) if (now - usedAt >= idleMs) this.#kept.delete(key);
  }

  #at(key: string, step: number): NamedTensors | undefined {
    const kept = this.#kept.get(key);
    if (kept?.step === step) return kept.states;
    return kept?.step === step - 1 ? kept.next?.states : undefined;
  }

  #begin(key: string, of: {readonly step: number; readonly brought: NamedTensors}): NamedTensors {
    const {step, brought} = of;
    if (this.#kept.has(key) || !this.#states.every(({input}) => brought.has(input))) throw lost();
    if (this.#kept.size >= sessionsMax || this.#bytes() >= stateBytesMax) {
      const text = `states of ${this.#kept.size} infer requests are kept here already`;
      throw queueFull(text, sessionRetryMs);
    }
    this.#kept.set(key, {step, states: brought, next: undefined, usedAt: 0});
    return brought;
  }

  #bytes(): number {
    const all = [...this.#kept.values()].flatMap(({states, next}) => [states, next?.states]);
    return all.reduce((sum, states) => sum + bytesOf(states), 0);
  }

  #named(tensorOf: (state: StageState) => TensorData | undefined): NamedTensors {
    const tensors = new Map<string, TensorData>();
    for (const state of this.#states) {
      const tensor = tensorOf(state);
      if (tensor !== undefined) tensors.set(state.input, tensor);
    }
    return tensors;
  }
}

function bytesOf(tensors: NamedTensors = new Map()): number {
  const sizes = [...tensors.values()].map(({data}) => ('byteLength' in data ? data.byteLength : 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function keyOf(client: string, session: number): string {
  return `${client}/${session}`;
}

/** Whether `a` is a later attempt than `b`; requests of one client are numbered as they come. */
function isAfter(a: Attempt | undefined, b: Attempt): boolean {
  if (a === undefined) return false;
  return a.request > b.request || (a.request === b.request && a.attempt > b.attempt);
}

function lost(): InferenceError {
  const text = 'the states of this infer request are not here any more; resetState begins anew';
  return new InferenceError('STATE_LOST', text);
}
