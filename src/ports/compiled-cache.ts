/** What a cached network is found by. */
export interface CacheKey {
  /** A part of the cache: letters, digits, `-`, `_` and `.`; empty for the common one. */
  readonly section: string;
  /** The lower-case hexadecimal SHA-256 of all that a compiled network depends on. */
  readonly digest: string;
}

export interface CachedNetwork {
  readonly content: Uint8Array;
  /** The file with what `content` keeps outside itself. */
  readonly weightsFile: string | undefined;
}

/** Fills an empty folder, in which the weights file is to lie; undefined: there is nothing to keep. */
export type FillEntry = (folder: string) => Promise<CachedNetwork | undefined>;

/**
 * Compiled networks that outlive processes, shared by those of a host. All of it can be made again:
 * so nothing here rejects, and what cannot be read, written or believed is dropped and logged.
 */
export interface CompiledCache {
  /**
   * Undefined if there is none, none that is whole, or one that a process has died of: from here to
   * `opened` it is noted who uses it.
   */
  find(key: CacheKey): Promise<CachedNetwork | undefined>;
  /** What was found has been imported, or refused, and nobody has died. */
  opened(key: CacheKey): Promise<void>;
  /** Keeps what `fill` gives, and drops what was used longest ago to make room for it. */
  store(key: CacheKey, fill: FillEntry): Promise<void>;
  drop(key: CacheKey): Promise<void>;
}
