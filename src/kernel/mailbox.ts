/** A bounded queue whose entries can be taken out by key; first in, first out. */
export class Mailbox<T> {
  readonly queuedMax: number;
  readonly #entries = new Map<string, T>();

  constructor(queuedMax: number) {
    this.queuedMax = queuedMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** False, and nothing changes, if the mailbox is full. */
  put(key: string, entry: T): boolean {
    if (this.#entries.size >= this.queuedMax) return false;
    this.#entries.set(key, entry);
    return true;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Takes the oldest entry. */
  take(): {readonly key: string; readonly entry: T} | undefined {
    for (const [key, entry] of this.#entries) {
      this.#entries.delete(key);
      return {key, entry};
    }
    return undefined;
  }

  remove(key: string): T | undefined {
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    return entry;
  }

  entries(): IterableIterator<[string, T]> {
    return this.#entries.entries();
  }
}
