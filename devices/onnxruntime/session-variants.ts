import type {DescribedSession} from './described-session.js';

/** Variants that are kept ready; each holds the weights once more. */
const variantsMax = 4;

/**
 * Sessions in which some initializers are inputs, so that a request can bring its own: ONNX
 * Runtime's bindings ignore or refuse what is fed for an initializer. The one that was used longest
 * ago makes room for a new one.
 */
export class SessionVariants {
  readonly #open: (overridden: readonly string[]) => Promise<DescribedSession>;
  readonly #sessions = new Map<string, DescribedSession>();

  constructor(open: (overridden: readonly string[]) => Promise<DescribedSession>) {
    this.#open = open;
  }

  /** Rejects as `open` does. Calls must not overlap. */
  async session(overridden: readonly string[]): Promise<DescribedSession> {
    const key = JSON.stringify([...overridden].sort());
    const session = this.#sessions.get(key) ?? (await this.#openOneMore(overridden));
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  async release(): Promise<void> {
    for (const {session} of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  async #openOneMore(overridden: readonly string[]): Promise<DescribedSession> {
    const [oldest] = this.#sessions;
    if (oldest !== undefined && this.#sessions.size >= variantsMax) {
      this.#sessions.delete(oldest[0]);
      await oldest[1].session.release();
    }
    return this.#open(overridden);
  }
}
