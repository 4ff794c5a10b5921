export interface Kept {
  readonly bytes: number;
  /** When it was used last. */
  readonly usedMs: number;
}

/** Those of `kept` that were used longest ago, so many that the others are at most `bytesMax`. */
export function oldestOver<T extends Kept>(kept: readonly T[], bytesMax: number): readonly T[] {
  let left = kept.reduce((sum, {bytes}) => sum + bytes, 0);
  const oldestFirst = [...kept].sort((a, b) => a.usedMs - b.usedMs);
  const end = oldestFirst.findIndex(({bytes}) => {
    if (left <= bytesMax) return true;
    left -= bytes;
    return false;
  });
  return end < 0 ? oldestFirst : oldestFirst.slice(0, end);
}
