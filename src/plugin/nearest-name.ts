/**
 * The name that is the fewest edits away from `given`, letter case aside; undefined if none is
 * nearer than half of its length. Distances are Levenshtein's (Wagner and Fischer, 1974).
 */
export function nearestName(given: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let distanceMin = Math.floor(given.length / 2) + 1;
  for (const name of names) {
    const distance = editDistance(given.toUpperCase(), name.toUpperCase());
    if (distance < distanceMin) [nearest, distanceMin] = [name, distance];
  }
  return nearest;
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({length: to.length + 1}, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = (previous[column] ?? 0) + (letter === to[column] ? 0 : 1);
      const removed = (previous[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
