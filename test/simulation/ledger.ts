import type {ClientEvent} from '../../actors/client-event.js';
import type {NamedTensors} from '../../schemas/tensor.js';
import {sameValue} from './network-shelf.js';
import type {SimulatedProcess} from './simulated-process.js';
import type {SimulatedWorld} from './simulated-world.js';

/** What is to come of a request. */
export interface Expectation {
  readonly expected: NamedTensors;
  /** Some kernels fail on it. */
  readonly hard: boolean;
  /** Its inputs are states of the request before. */
  readonly stateful: boolean;
}

/** A request that a client has submitted. */
export interface Entry extends Expectation {
  readonly client: string;
  readonly process: SimulatedProcess;
  readonly request: number;
  /** On the client's clock. */
  readonly deadlineAt: number;
  /** In virtual time of the world. */
  readonly submittedAt: number;
  /** A kernel failed on it. */
  failedOnce: boolean;
  /** A frame of it was sent, and it has not ended. */
  inside: boolean;
  outcome: string | undefined;
}

export type RequestEnd =
  | Omit<Extract<ClientEvent, {readonly kind: 'done'}>, 'through'>
  | Extract<ClientEvent, {readonly kind: 'failed'}>;

const statesSentence = 'every inference goes on from the states before it';

/** Timers of a process are late by rounding, at most. */
const roundingMs = 0.01;

/** Every request of every client: what was to come of it, and what came. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly #world: SimulatedWorld;
  readonly #byKey = new Map<string, Entry>();
  /** Requests on their way, by client. */
  readonly #inside = new Map<string, number>();

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  submitted(entry: Omit<Entry, 'inside' | 'outcome' | 'submittedAt' | 'failedOnce'>): void {
    const {queue} = this.#world;
    const full: Entry = {
      ...entry,
      submittedAt: queue.now,
      inside: false,
      failedOnce: false,
      outcome: undefined,
    };
    this.entries.push(full);
    this.#byKey.set(`${entry.client}/${entry.request}`, full);
  }

  /** A frame of a request is on its way; `insideMax` may be so at once. */
  sent(client: string, request: number, insideMax: number): void {
    const entry = this.#byKey.get(`${client}/${request}`);
    if (entry === undefined || entry.outcome !== undefined || entry.inside) return;
    this.#count(entry, true);
    // Of one step of a session: what ends in it may be told after what enters in its place.
    queueMicrotask(() => this.#checkWindow(client, insideMax));
  }

  /** A stage tells a client that its kernel has failed. */
  failedAtKernel(client: string, request: number): void {
    const entry = this.#byKey.get(`${client}/${request}`);
    if (entry !== undefined) entry.failedOnce = true;
  }

  #checkWindow(client: string, insideMax: number): void {
    const inside = this.#inside.get(client) ?? 0;
    if (inside <= insideMax) return;
    const what = `${client} has ${inside} requests on their way, its window is of ${insideMax}`;
    this.#world.broken.report('nothing is over its bound', what);
  }

  ended(client: string, event: RequestEnd): void {
    const entry = this.#byKey.get(`${client}/${event.request}`);
    if (entry === undefined) return;
    const name = `${client}/${event.request}`;
    if (entry.outcome !== undefined) {
      const what = `${name} ended as ${entry.outcome}, then as ${event.kind}`;
      this.#world.broken.report('every request settles once', what);
      return;
    }
    this.#count(entry, false);
    entry.outcome = event.kind === 'done' ? 'done' : event.error.code;
    this.#world.trace.note(client, `request ${event.request} ends: ${entry.outcome}`);
    this.#checkTime(entry, name);
    if (event.kind === 'done') this.#checkValue(entry, name, event);
    else this.#checkFailure(entry, name);
    this.#world.reached.note(`a request ended as ${entry.outcome}`);
  }

  /** Nobody waits for what a client that has crashed had submitted. */
  crashed(client: string): void {
    for (const entry of this.entries) {
      if (entry.client !== client || entry.outcome !== undefined) continue;
      if (entry.inside) this.#world.reached.note('a client crashed with requests on their way');
      this.#count(entry, false);
      entry.outcome = 'crashed';
    }
  }

  #count(entry: Entry, inside: boolean): void {
    if (entry.inside === inside) return;
    entry.inside = inside;
    this.#inside.set(entry.client, (this.#inside.get(entry.client) ?? 0) + (inside ? 1 : -1));
  }

  /** A process that did not run could not end anything. */
  #checkTime({process, deadlineAt}: Entry, name: string): void {
    const lateMs = process.world.clock.now() - Math.max(deadlineAt, process.resumedAt);
    if (lateMs <= roundingMs) return;
    this.#world.broken.report('no request outlives its deadline', `${name} by ${lateMs} ms`);
  }

  /** Kernels fail on hard values only, also where they run them beside others. */
  #checkFailure({hard, outcome}: Entry, name: string): void {
    if (hard || outcome !== 'STAGE_FAILED') return;
    this.#world.broken.report('no request fails for another’s sake', name);
  }

  #checkValue(
    {expected, stateful, failedOnce}: Entry,
    name: string,
    {outputs, attempts}: RequestEnd & {readonly kind: 'done'},
  ): void {
    if (attempts > 1) this.#world.reached.note('a request succeeded when tried again');
    if (failedOnce) this.#world.reached.note('a variant failed a request, and another did not');
    const wrong = [...expected].filter(([output, value]) => !sameValue(outputs.get(output), value));
    if (wrong.length === 0 && outputs.size === expected.size) return;
    const what = `${name}: outputs ${wrong.map(([output]) => output)} of ${[...outputs.keys()]}`;
    this.#world.broken.report(stateful ? statesSentence : 'every result is right', what);
  }
}
