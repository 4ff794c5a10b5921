import type {ElementType} from '../../../schemas/element-type.js';
import {refusal} from '../axes.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing} from '../step-kind.js';

/** Whole numbers are rounded by `rounding`, before they become bytes again. */
export type Rounding = 'half up' | 'half even';

const computable: readonly ElementType[] = ['u8', 'f16', 'f32', 'f64'];

/** Of coefficients in thousandths, which float32 holds exactly, as it does sums of their multiples. */
export const thousandth = 1000;

/** Throws unless colours can be computed from elements of this type. */
export function requireColors({type}: Flowing): void {
  if (computable.includes(type)) return;
  throw refusal(`expected elements of ${computable.join(', ')}, given ${type}`);
}

export function asFloat(name: string, type: ElementType, graph: StepGraph): string {
  return type === 'f32' ? name : graph.cast(name, 'f32');
}

/**
 * Sums in thousandths as elements of `type`. Sums of bytes are whole numbers and exact, and so every
 * device rounds the same way.
 */
export function fromThousandths(
  sums: string,
  {type, rounding}: {readonly type: ElementType; readonly rounding: Rounding},
  graph: StepGraph,
): string {
  const scaled = graph.node('Div', [sums, graph.numbers([thousandth], [], 'f32')]);
  if (type === 'f32') return scaled;
  if (type !== 'u8') return graph.cast(scaled, type);
  if (rounding === 'half even') return graph.cast(graph.node('Round', [scaled]), type);
  const half = graph.node('Add', [scaled, graph.numbers([0.5], [], 'f32')]);
  return graph.cast(graph.node('Floor', [half]), type);
}
