/** Names that are taken, and others like those that are wished. */
export class FreshNames {
  readonly #taken = new Set<string>();
  /** For each wish the last number that was put behind it. */
  readonly #counts = new Map<string, number>();

  add(name: string): void {
    this.#taken.add(name);
  }

  delete(name: string): void {
    this.#taken.delete(name);
  }

  /** The name that is wished if it is free, else that with `#2`, `#3`, … behind it; now taken. */
  fresh(wish: string): string {
    let count = this.#counts.get(wish) ?? 1;
    let name = wish;
    while (this.#taken.has(name)) name = `${wish}#${++count}`;
    this.#counts.set(wish, count);
    this.#taken.add(name);
    return name;
  }
}
