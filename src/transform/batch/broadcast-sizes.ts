import {numberOf, sameCount, type Term} from './count.js';

type Sizes = readonly (Term | undefined)[];

/** Sizes of what shapes broadcast to, where they are known; an unknown shape makes all unknown. */
export function broadcastSizes(shapes: readonly (Sizes | undefined)[]): Sizes {
  const wide = Math.max(...shapes.map(shape => shape?.length ?? 0));
  return Array.from({length: wide}, (_, at) => {
    const sizes = shapes.flatMap(shape => {
      if (shape === undefined) return [undefined];
      const axis = at - wide + shape.length;
      return axis < 0 ? [] : [shape[axis]];
    });
    const size = sizes.find(each => numberOf(each) !== 1) ?? sizes[0];
    const known = sizes.every(each => numberOf(each) === 1 || sameCount(each, size));
    return known ? size : undefined;
  });
}
