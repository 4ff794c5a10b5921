/** How much an element weighs at a distance from the centre, up to `reach` away from it. */
export interface Filter {
  readonly reach: number;
  weigh(distance: number): number;
}

/** A triangle. */
export const linearFilter: Filter = {
  reach: 1,
  weigh: distance => Math.max(0, 1 - Math.abs(distance)),
};

/** R. Keys, Cubic convolution interpolation for digital image processing, 1981. */
export function cubicFilter(a: number): Filter {
  return {
    reach: 2,
    weigh(distance) {
      const x = Math.abs(distance);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    },
  };
}

/**
 * What an element is made of where `antialias` smooths: the filter is as many times wider as the axis
 * shrinks, and all that it covers weighs one together. What it covers beyond the ends of the axis is
 * left out, or counts as the outermost elements. `scale`: of the axis.
 */
export function smoothTaps({reach, weigh}: Filter, scale: number, leavesOut: boolean) {
  const width = Math.max(1, 1 / scale);
  return (position: number, size: number): readonly (readonly [number, number])[] => {
    const centre = position + 0.5;
    const [from, to] = [-1, 1].map(side => Math.floor(centre + side * reach * width + 0.5));
    const first = leavesOut ? Math.max(0, from ?? 0) : (from ?? 0);
    const end = leavesOut ? Math.min(size, to ?? 0) : (to ?? 0);
    const places = Array.from({length: Math.max(0, end - first)}, (_, index) => first + index);
    const weights = places.map(place => weigh((place + 0.5 - centre) / width));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return places.map((place, index) => [place, (weights[index] ?? 0) / sum] as const);
  };
}
