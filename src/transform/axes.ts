import type {ElementType} from '../../schemas/element-type.js';
import type {Layout} from '../../schemas/layout.js';
import type {Dimension} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';
import type {Flowing, Shape} from './step-kind.js';

/** An axis by its letter. Throws INVALID_ARGUMENT where the layout does not have it. */
export function axisOf(layout: Layout | undefined, letter: string): number {
  const axis = layout?.indexOf(letter) ?? -1;
  if (axis >= 0) return axis;
  const given = layout === undefined ? 'no layout is declared' : `the layout is ${layout}`;
  throw refusal(`expected a layout with an axis ${letter}, but ${given}`);
}

/** The shape with some dimensions replaced; null stays null. */
export function withDimensions(
  shape: Shape,
  replace: readonly (readonly [axis: number, dimension: Dimension])[],
): Shape {
  if (shape === null) return null;
  const replaced = new Map(replace);
  return shape.map((dimension, axis) => replaced.get(axis) ?? dimension);
}

/** A dimension if it is a known size. */
export function sizeAt(shape: Shape, axis: number): number | undefined {
  const dimension = shape?.[axis];
  return typeof dimension === 'number' ? dimension : undefined;
}

/** Throws unless there is one number for each axis. */
export function checkRank(numbers: readonly number[], shape: Shape): void {
  if (shape === null || shape.length === numbers.length) return;
  throw refusal(`expected ${shape.length} axes for the shape [${shape}], given [${numbers}]`);
}

export function requireFloat({type}: Flowing): void {
  const floats: readonly ElementType[] = ['f16', 'f32', 'f64'];
  if (floats.includes(type)) return;
  throw refusal(`expected floating-point elements, given ${type}: convert the element type first`);
}

export function refusal(message: string): InferenceError {
  return new InferenceError('INVALID_ARGUMENT', message);
}
