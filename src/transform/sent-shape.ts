import type {InputPreprocessing} from '../../schemas/preprocessing.js';
import {axisOf, refusal, withDimensions} from './axes.js';
import {isSinglePlane} from './color-planes.js';
import type {Format, Shape} from './step-kind.js';

/**
 * The shape of what the client sends, as declared; else `derived`, which the steps lead from to the
 * network's, with the height and width of the image that are declared.
 */
export function sentShape(
  what: string,
  {shape, spatial}: InputPreprocessing,
  {layout, color}: Format,
  derived: Shape,
): Shape {
  if (shape !== undefined) return shape;
  if (spatial === undefined) return derived;
  if (layout === undefined) {
    throw refusal(`${what}: expected a layout with axes H and W for a spatial shape, given none`);
  }
  const [h, w] = [axisOf(layout, 'H'), axisOf(layout, 'W')];
  if (spatial === 'dynamic') {
    return withDimensions(derived, [
      [h, '?'],
      [w, '?'],
    ]);
  }
  const rows = isSinglePlane(color) ? (spatial.height * 3) / 2 : spatial.height;
  if (!Number.isInteger(rows)) {
    throw refusal(`${what}: expected an even height for ${color}, given ${spatial.height}`);
  }
  return withDimensions(derived, [
    [h, rows],
    [w, spatial.width],
  ]);
}
