import type {KV} from 'nats';
import {InferenceError} from '../errors.js';
import type {StateStore, Stored} from '../ports/state-store.js';
import {JetStream, type JetStreamStoreOptions, jetStreamCode, storageType} from './jet-stream.js';
import {packMessage, unpackMessage} from './message-codec.js';
import {checkKey} from './state-key.js';

/** The revision named is not the current one. */
const wrongLastSequence = 10_071;

/**
 * A state store in a JetStream key-value bucket, `hd_<cluster>_state`, on a connection of its own: a
 * lease is not to wait behind tensors. Rejects as JetStream.open does.
 */
export async function openNatsStateStore(options: JetStreamStoreOptions): Promise<StateStore> {
  const jetStream = await JetStream.open(options);
  try {
    const bucket = await jetStream.attempt(() =>
      jetStream.client.views.kv(`hd_${options.cluster}_state`, {
        history: 1,
        storage: storageType(options),
        replicas: options.replicas ?? 1,
      }),
    );
    return new NatsStateStore(jetStream, bucket);
  } catch (error) {
    await jetStream.close();
    throw error;
  }
}

class NatsStateStore implements StateStore {
  readonly #jetStream: JetStream;
  readonly #bucket: KV;

  constructor(jetStream: JetStream, bucket: KV) {
    this.#jetStream = jetStream;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<Stored | undefined> {
    checkKey(key);
    const entry = await this.#jetStream.attempt(() => this.#bucket.get(key));
    if (entry === null || entry.operation !== 'PUT') return undefined;
    return {value: unpackMessage(entry.value), revision: entry.revision};
  }

  async put(key: string, value: unknown, revision: number): Promise<number | undefined> {
    checkKey(key);
    const packed = packMessage(value);
    this.#checkSize(key, packed.length);
    return this.#jetStream.attempt(() => this.#replace(key, packed, revision));
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#jetStream.attempt(() => this.#bucket.delete(key));
  }

  async keys(prefix: string): Promise<readonly string[]> {
    return this.#jetStream.attempt(async () => {
      const keys: string[] = [];
      for await (const key of await this.#bucket.keys()) {
        if (key.startsWith(prefix)) keys.push(key);
      }
      return keys.sort();
    });
  }

  async close(): Promise<void> {
    await this.#jetStream.close();
  }

  async #replace(key: string, packed: Uint8Array, revision: number): Promise<number | undefined> {
    try {
      // What was deleted has left a mark, whose revision `create` looks up.
      if (revision === 0) return await this.#bucket.create(key, packed);
      return await this.#bucket.update(key, packed, revision);
    } catch (error) {
      if (jetStreamCode(error) === wrongLastSequence) return undefined;
      throw error;
    }
  }

  #checkSize(key: string, bytes: number): void {
    // Its headers are in the message too.
    const bytesMax = this.#jetStream.messageBytesMax - 1024;
    if (bytes <= bytesMax) return;
    const message = `Expected a value of at most ${bytesMax} bytes at '${key}', given ${bytes}.`;
    throw new InferenceError('PAYLOAD_TOO_LARGE', message);
  }
}
