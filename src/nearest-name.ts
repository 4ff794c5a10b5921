const lengthMax = 256;

/**
 * The candidate that `name` was probably meant to be: the one fewest edits away (insertions,
 * deletions, substitutions, swapped neighbours; case does not count), if that is at most a third of
 * its length. Optimal string alignment distance; the first candidate wins a tie.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  // Of a program without types it may be anything.
  if (typeof name !== 'string') return undefined;
  const wanted = name.slice(0, lengthMax).toLowerCase();
  let nearest: string | undefined;
  let distance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= distance) continue;
    const edits = editDistance(wanted, candidate.slice(0, lengthMax).toLowerCase(), distance);
    if (edits < distance) [nearest, distance] = [candidate, edits];
    if (distance === 0) break;
  }
  return nearest;
}

/** Edits from `a` to `b`, or any number from `limit` on once it cannot be less. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({length: b.length + 1}, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, at(before, column - 2) + 1);
      }
      next.push(edits);
    }
    if (Math.min(...next, ...last) >= limit) return limit;
    [before, last] = [last, next];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
