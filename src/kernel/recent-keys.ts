/** Remembers the last `keysMax` keys: the memory of what was finished, for dropping repeats. */
export class RecentKeys {
  readonly #keysMax: number;
  readonly #keys = new Set<string>();

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= this.#keysMax) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }
}
