import {InferenceError} from '../errors.js';
import type {StateStore, Stored} from '../ports/state-store.js';
import {packMessage, unpackMessage} from './message-codec.js';
import {checkKey} from './state-key.js';

/** A state store in this process. Values are packed, as where they cross a process boundary. */
export function createMemoryStateStore(): StateStore {
  return new MemoryStateStore();
}

class MemoryStateStore implements StateStore {
  readonly #entries = new Map<string, {readonly packed: Uint8Array; readonly revision: number}>();
  #revision = 0;
  #closed = false;

  async get(key: string): Promise<Stored | undefined> {
    this.#check(key);
    const entry = this.#entries.get(key);
    return entry && {value: unpackMessage(entry.packed), revision: entry.revision};
  }

  async put(key: string, value: unknown, revision: number): Promise<number | undefined> {
    this.#check(key);
    const packed = packMessage(value);
    if ((this.#entries.get(key)?.revision ?? 0) !== revision) return undefined;
    this.#revision += 1;
    this.#entries.set(key, {packed, revision: this.#revision});
    return this.#revision;
  }

  async delete(key: string): Promise<void> {
    this.#check(key);
    this.#entries.delete(key);
  }

  async keys(prefix: string): Promise<readonly string[]> {
    this.#check();
    return [...this.#entries.keys()].filter(key => key.startsWith(prefix)).sort();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #check(key?: string): void {
    if (key !== undefined) checkKey(key);
    if (!this.#closed) return;
    throw new InferenceError('STORE_UNAVAILABLE', 'Expected an open store: it has been closed.');
  }
}
