/**
 * Undoes a PNG filter in place. `above`: the row above, unfiltered, or zeros; `distance`: bytes to
 * the pixel on the left. False for a type that PNG does not have.
 */
export function unfilterRow(
  type: number,
  row: Uint8Array,
  above: Uint8Array,
  distance: number,
): boolean {
  const predict = predictors[type];
  if (predict === undefined) return false;
  for (let at = 0; at < row.length; at++) {
    const left = at < distance ? 0 : (row[at - distance] ?? 0);
    const corner = at < distance ? 0 : (above[at - distance] ?? 0);
    row[at] = (row[at] ?? 0) + predict(left, above[at] ?? 0, corner);
  }
  return true;
}

type Predictor = (left: number, up: number, corner: number) => number;

/** None, Sub, Up, Average, Paeth. */
const predictors: readonly Predictor[] = [
  () => 0,
  left => left,
  (_, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

/** Of the three, the nearest to left + up - corner; ties go to the first. */
function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp] = [Math.abs(up - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
