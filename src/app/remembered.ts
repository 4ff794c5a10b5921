/** Results of work that is asked for again and again, the newest of them; failures are forgotten. */
export class Remembered<T> {
  readonly #countMax: number;
  readonly #results = new Map<string, Promise<T>>();

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const result = work();
    this.#results.set(key, result);
    result.catch(() => this.#results.delete(key));
    if (this.#results.size > this.#countMax) {
      const [oldest] = this.#results.keys();
      this.#results.delete(oldest ?? '');
    }
    return result;
  }
}
