import {setTimeout as delay} from 'node:timers/promises';
import {
  ErrorCode,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  StorageType,
} from 'nats';
import {InferenceError} from '../errors.js';
import {openNatsConnection} from './nats-connection.js';
import type {NatsOptions} from './nats-options.js';
import {permissionRefused} from './permission-refused.js';

export interface JetStreamStoreOptions extends NatsOptions {
  /** Whether what is stored outlives the server. `file` unless given. */
  readonly storage?: 'file' | 'memory';
  /** Copies in a cluster of NATS servers. 1 unless given. */
  readonly replicas?: number;
}

/** Of one request; what needs several is bounded by `deadlineMs`. */
const requestTimeoutMs = 5_000;
const deadlineMs = 15_000;

export interface StreamMessage {
  readonly seq: number;
  readonly data: Uint8Array;
}

/** A connection to JetStream. Whatever fails in it is the store's failure. */
export class JetStream {
  readonly #connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;

  private constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection;
    this.client = connection.jetstream({timeout: requestTimeoutMs});
    this.manager = manager;
  }

  /**
   * Rejects as openNatsConnection does, with STORE_UNAVAILABLE where JetStream is off, and with
   * INVALID_CONFIG_VALUE where the server's permissions keep this user from it.
   */
  static async open(options: NatsOptions): Promise<JetStream> {
    const connection = await openNatsConnection(options);
    try {
      const manager = await connection.jetstreamManager({timeout: requestTimeoutMs});
      return new JetStream(connection, manager);
    } catch (error) {
      await connection.close();
      throw notOpened(error, connection.getServer());
    }
  }

  get messageBytesMax(): number {
    return this.#connection.info?.max_payload ?? 2 ** 20;
  }

  /** Throws InferenceError STORE_UNAVAILABLE once closed. */
  checkOpen(): void {
    if (!this.#connection.isClosed()) return;
    throw new InferenceError('STORE_UNAVAILABLE', 'Expected an open store: it has been closed.');
  }

  /** Rejects with InferenceError STORE_UNAVAILABLE if `call` fails, or hangs for several requests. */
  async attempt<T>(call: () => Promise<T>): Promise<T> {
    this.checkOpen();
    const settled = new AbortController();
    const late = delay(deadlineMs, undefined, {signal: settled.signal}).then(
      () => Promise.reject(new Error(`no answer in ${deadlineMs} ms`)),
      () => new Promise<never>(() => {}),
    );
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      throw unavailable(error);
    } finally {
      settled.abort();
    }
  }

  /**
   * The first message of a subject at or after a place in a stream, asked of the stream directly (NATS
   * ADR-31): without a consumer to set up, and with its bytes as they are; undefined if there is none.
   */
  async next(stream: string, subject: string, seq: number): Promise<StreamMessage | undefined> {
    const query = JSON.stringify({seq, next_by_subj: subject});
    const {data, headers} = await this.attempt(() =>
      this.#connection.request(`$JS.API.DIRECT.GET.${stream}`, query, {timeout: requestTimeoutMs}),
    );
    if (headers?.code === 404) return undefined;
    const found = Number(headers?.get('Nats-Sequence'));
    if (headers === undefined || headers.hasError || !Number.isSafeInteger(found)) {
      throw unavailable(new Error(headers?.description ?? 'an answer without a place'));
    }
    return {seq: found, data};
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

export function storageType(options: JetStreamStoreOptions): StorageType {
  return options.storage === 'memory' ? StorageType.Memory : StorageType.File;
}

/** The server's code for what went wrong, of those listed in its JetStream errors; else undefined. */
export function jetStreamCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

function notOpened(error: unknown, where: string): InferenceError {
  if (error instanceof NatsError && error.code === ErrorCode.PermissionsViolation) {
    return permissionRefused(`${where} to let this user work in the cluster`, error.message);
  }
  const text =
    `Expected JetStream on the NATS server ${where}: ` +
    `start it with \`nats-server -js\` (${unavailable(error).message})`;
  return new InferenceError('STORE_UNAVAILABLE', text);
}

function unavailable(error: unknown): InferenceError {
  if (error instanceof InferenceError) return error;
  const reason = error instanceof NatsError ? (error.api_error?.description ?? error.code) : error;
  const message = `Expected an answer of the store: ${String(reason)}.`;
  return new InferenceError('STORE_UNAVAILABLE', message, {}, {cause: error});
}
