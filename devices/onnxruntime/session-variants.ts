import type {InferenceSession} from 'onnxruntime-node';

/** Variants that are kept ready; each holds the weights once more. */
const variantsMax = 4;

/**
 * Sessions in which some initializers are inputs, so that a request can bring its own: ONNX
 * Runtime's bindings ignore or refuse what is fed for an initializer. The one that was used longest
 * ago makes room for a new one.
 */
export class SessionVariants {
  readonly #open: (overridden: readonly string[]) => Promise<InferenceSession>;
  readonly #sessions = new Map<string, InferenceSession>();

  constructor(open: (overridden: readonly string[]) => Promise<InferenceSession>) {
    this.#open = open;
  }

  /** Rejects as `open` does. Calls must not overlap. */
  async session(overridden: readonly string[]): Promise<InferenceSession> {
    const key = JSON.stringify([...overridden].sort());
    const session = this.#sessions.get(key) ?? (await this.#openOneMore(overridden));
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  async #openOneMore(overridden: readonly string[]): Promise<InferenceSession> {
    const [oldest] = this.#sessions;
    if (oldest !== undefined && this.#sessions.size >= variantsMax) {
      this.#sessions.delete(oldest[0]);
      await oldest[1].release();
    }
    return this.#open(overridden);
  }
}
