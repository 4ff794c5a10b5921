import type {InferenceSession} from 'onnxruntime-node';

/** Variants that are kept ready; each holds the weights once more. */
const variantsMax = 4;

/**
 * Sessions in which some initializers are inputs, so that a request can bring its own: ONNX
 * Runtime's bindings ignore or refuse a feed for an initializer. The least recently used one goes.
 */
export class SessionVariants {
  readonly #open: (overridden: readonly string[]) => Promise<InferenceSession>;
  readonly #sessions = new Map<string, InferenceSession>();

  constructor(open: (overridden: readonly string[]) => Promise<InferenceSession>) {
    this.#open = open;
  }

  async session(overridden: readonly string[]): Promise<InferenceSession> {
    const key = JSON.stringify([...overridden].sort());
    const session = this.#sessions.get(key) ?? (await this.#openOneMore(overridden));
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  async #openOneMore(overridden: readonly string[]): Promise<InferenceSession> {
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= variantsMax) {
      await this.#sessions.get(oldest)?.release();
      this.#sessions.delete(oldest);
    }
    return this.#open(overridden);
  }
}
