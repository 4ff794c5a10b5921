import {InferenceError} from '../../src/errors.js';
import type {StateStore, Stored} from '../../src/ports/state-store.js';
import type {SimulatedProcess} from './simulated-process.js';
import type {SimulatedWorld} from './simulated-world.js';

type Answer<T> = {readonly ok: true; readonly value: T} | {readonly ok: false};

/** Over this time a call has no answer, and its caller knows no more than that. */
const answerMsMax = 5000;

/** Small durable state that outlives every process: compare-and-set, with outages. */
export class SimulatedStore {
  /** Calls are not answered; half of them are done all the same. */
  down = false;
  /** The store takes this much longer, each way. */
  slowMs = 0;
  /** Told of every write that is done. */
  onPut: (process: string, key: string, value: unknown) => void = () => {};
  readonly #world: SimulatedWorld;
  readonly #entries = new Map<string, {readonly json: string; readonly revision: number}>();
  #revision = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  keys(prefix: string): readonly string[] {
    return [...this.#entries.keys()].filter(key => key.startsWith(prefix)).sort();
  }

  get(key: string): Stored | undefined {
    const entry = this.#entries.get(key);
    return entry && {value: JSON.parse(entry.json), revision: entry.revision};
  }

  /** The store as a process sees it. */
  connect(process: SimulatedProcess): StateStore {
    const call = <T>(what: string, perform: () => T) => this.#call(process, what, perform);
    return {
      get: key => call(`get ${key}`, () => this.get(key)),
      put: (key, value, revision) => {
        const json = JSON.stringify(value);
        return call(`put ${key}`, () => {
          const written = this.#put(key, json, revision);
          if (written !== undefined) this.onPut(process.name, key, value);
          return written;
        });
      },
      delete: key =>
        call(`delete ${key}`, () => {
          this.#entries.delete(key);
        }),
      keys: prefix => call(`keys ${prefix}`, () => this.keys(prefix)),
      close: async () => {},
    };
  }

  #put(key: string, json: string, revision: number): number | undefined {
    if ((this.#entries.get(key)?.revision ?? 0) !== revision) return undefined;
    this.#revision += 1;
    this.#entries.set(key, {json, revision: this.#revision});
    return this.#revision;
  }

  /** Rejects with STORE_UNAVAILABLE where the store, or the way to it, is gone. */
  async #call<T>(process: SimulatedProcess, what: string, perform: () => T): Promise<T> {
    const {random, trace} = this.#world;
    const reaches = process.connected && (!this.down || random.chance(0.5));
    const answers = process.connected && !this.down;
    if (reaches) await this.#pass(process);
    const answer: Answer<T> = reaches ? {ok: true, value: perform()} : {ok: false};
    trace.note(process.name, `store ${what} at ${reaches ? this.#revision : 'nowhere'}`);
    if (answers && answer.ok) {
      await this.#pass(process);
      return answer.value;
    }
    this.#world.reached.note('the store did not answer');
    await process.delay(random.next() * answerMsMax);
    throw new InferenceError('STORE_UNAVAILABLE', 'the store does not answer');
  }

  /** One way; what a crashed process has asked for is done all the same. */
  #pass(process: SimulatedProcess): Promise<void> {
    const {queue, random} = this.#world;
    const delayMs = 0.3 + random.next() * 2 + this.slowMs;
    return new Promise(resolve => {
      queue.after(delayMs, () => process.enter(resolve));
    });
  }
}
