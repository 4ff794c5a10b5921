import type {Priority} from '../../schemas/priority.js';
import {PriorityLine} from './priority-line.js';

export interface MailboxEntry<T> {
  readonly key: string;
  readonly entry: T;
}

/** A bounded queue whose entries can be taken out by key; else in the order of a PriorityLine. */
export class Mailbox<T> {
  readonly queuedMax: number;
  readonly #entries = new Map<string, T>();
  readonly #line = new PriorityLine<string>();

  constructor(queuedMax: number) {
    this.queuedMax = queuedMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** False, and nothing changes, if the mailbox is full. The key is not there yet. */
  put(key: string, entry: T, priority: Priority): boolean {
    if (this.#entries.size >= this.queuedMax) return false;
    this.#entries.set(key, entry);
    this.#line.add(key, priority);
    return true;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Takes the entry whose turn it is. */
  take(): MailboxEntry<T> | undefined {
    return this.#taken(this.#line.take());
  }

  /** Takes the entry below a priority that can be spared most, if any can. */
  pushOut(below: Priority): MailboxEntry<T> | undefined {
    return this.#taken(this.#line.pushOut(below));
  }

  remove(key: string): T | undefined {
    this.#line.delete(key);
    return this.#taken(key)?.entry;
  }

  entries(): IterableIterator<[string, T]> {
    return this.#entries.entries();
  }

  #taken(key: string | undefined): MailboxEntry<T> | undefined {
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || entry === undefined) return undefined;
    this.#entries.delete(key);
    return {key, entry};
  }
}
