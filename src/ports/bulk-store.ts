/** Immutable bytes by content: the lower-case hexadecimal SHA-256 of all of them, and their count. */
export interface BlobRef {
  readonly digest: string;
  readonly bytes: number;
}

/** Where networks and compiled stages lie, content-addressed. Everything in it can be made again. */
export interface BulkStore {
  /** Stores once: content that is there already is not sent again. */
  put(content: Uint8Array | (() => AsyncIterable<Uint8Array>)): Promise<BlobRef>;
  has(digest: string): Promise<boolean>;
  /** Rejects with STORE_UNAVAILABLE, or INVALID_BLOB if absent or not what the digest says. */
  get(digest: string): Promise<Uint8Array>;
  /** A file with the content, fetched at most once per host; the file lives as long as the store. */
  file(digest: string): Promise<string>;
  close(): Promise<void>;
}
