/** Where every operation that belongs to one stage goes, and why. */
export interface Assignment {
  /** Operation to device; constants and what no output needs are not in it. */
  readonly affinity: ReadonlyMap<string, string>;
  /** Operation to the reason. */
  readonly reasons: ReadonlyMap<string, string>;
}
