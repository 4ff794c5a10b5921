type Close = () => Promise<void>;

/** Ends what was started, last first, however far the start came. */
export class Closers {
  readonly #closers: Close[] = [];
  #closed: Promise<void> | undefined;

  /** `close` is called once: when this is closed, or at once if it is already. */
  add(close: Close): void {
    if (this.#closed === undefined) this.#closers.push(close);
    else close().catch(() => {});
  }

  /** Goes on to the others where one fails, and rejects with the first failure. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.reverse()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
