/** A size of a value: so many, or so many for each row that a request has. */
export interface Size {
  readonly factor: number;
  readonly rows: boolean;
}

export const fixed = (factor: number): Size => ({factor, rows: false});

/** Undefined if it is no multiple of the rows. */
export function sizeOfAll(sizes: readonly Size[]): Size | undefined {
  if (sizes.filter(({rows}) => rows).length > 1) return undefined;
  const factor = sizes.reduce((all, size) => all * size.factor, 1);
  return {factor, rows: sizes.some(({rows}) => rows)};
}

export function sameSize(a: Size, b: Size | undefined): boolean {
  return a.factor === b?.factor && a.rows === b.rows;
}

/** Whether the other one fits without making the first one larger. */
export function broadcasts(dims: readonly Size[], other: readonly Size[]): boolean {
  if (other.length > dims.length) return false;
  return other.every((size, at) => {
    const against = dims[at + dims.length - other.length];
    return sameSize(size, against) || (!size.rows && size.factor === 1);
  });
}

/** A factor of a shape, and how a network says it, as a tensor [1]. */
export interface Piece {
  readonly size: Size;
  known(): string;
}

export function groupSize(group: readonly Piece[]): Size | undefined {
  return sizeOfAll(group.map(({size}) => size));
}
