/** A value and the revision at which it was written. */
export interface Stored {
  readonly value: unknown;
  readonly revision: number;
}

/** Small durable state: leases and deployments. Compare-and-set by revision (0: must not exist). */
export interface StateStore {
  get(key: string): Promise<Stored | undefined>;
  /** The new revision, or undefined if `revision` is not the current one. */
  put(key: string, value: unknown, revision: number): Promise<number | undefined>;
  delete(key: string): Promise<void>;
  keys(prefix: string): Promise<readonly string[]>;
  close(): Promise<void>;
}
