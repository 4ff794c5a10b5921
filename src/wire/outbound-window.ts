/**
 * How much was published that the server has not taken yet. The client queues without bound what a
 * socket does not take; asking for an answer every so often tells how much that is.
 */
export class OutboundWindow {
  readonly #bytesMax: number;
  readonly #flush: () => Promise<void>;
  #outstanding = 0;
  #asking = false;

  constructor(bytesMax: number, flush: () => Promise<void>) {
    this.#bytesMax = bytesMax;
    this.#flush = flush;
  }

  hasRoom(bytes: number): boolean {
    return this.#outstanding === 0 || this.#outstanding + bytes <= this.#bytesMax;
  }

  add(bytes: number): void {
    this.#outstanding += bytes;
    if (!this.#asking && this.#outstanding >= this.#bytesMax / 8) void this.#ask();
  }

  /** All of it is gone, with the connection. */
  clear(): void {
    this.#outstanding = 0;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const asked = this.#outstanding;
    try {
      await this.#flush();
      this.#outstanding = Math.max(0, this.#outstanding - asked);
    } catch {
      this.#outstanding = 0;
    } finally {
      this.#asking = false;
    }
  }
}
