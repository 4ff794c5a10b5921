import type {ElementType, NumericType} from '../../../schemas/element-type.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {invariant} from '../../errors.js';
import {rangeOf} from '../element-range.js';
import type {StepGraph} from '../step-graph.js';
import type {StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'convertElementType'}>;

export const convertElementType: StepKind<Step> = {
  takesPlanes: true,
  apply({type}, value, graph) {
    invariant(type !== undefined, 'completeSteps fills the type in');
    if (type === value.type) return value;
    const convert = (name: string) => converted(name, value.type as NumericType, type, graph);
    return {...value, type, name: convert(value.name), planes: value.planes.map(convert)};
  },
};

/**
 * ONNX's Cast leaves open what becomes of numbers outside the range of a type of whole numbers, and
 * devices differ: they are brought into it first.
 */
export function converted(
  name: string,
  from: NumericType,
  to: NumericType,
  graph: StepGraph,
): string {
  const bounds = boundsFor(from, to);
  if (bounds === undefined) return graph.cast(name, to);
  if (from === 'i64' && to === 'u64') return graph.cast(withoutNegative(name, graph), to);
  const via = clippedAs[from] ?? from;
  const inside = via === from ? name : graph.cast(name, via);
  const [low, high] = bounds.map(bound =>
    bound === undefined ? '' : graph.numbers([bound], [], via),
  );
  return graph.cast(graph.node('Clip', [inside, low ?? '', high ?? '']), to);
}

/**
 * Types that not every device's Clip takes, and others that hold what is left of them. ONNX Runtime
 * 1.30 takes i64 and brings numbers from 2^31 to 2^32 to the wrong end.
 */
const clippedAs: Readonly<Partial<Record<ElementType, NumericType>>> = {
  f16: 'f32',
  i16: 'i32',
  u16: 'i32',
  u32: 'f64',
  i64: 'f64',
};

/** Times one where they are positive, times nought elsewhere: f64 would round them. */
function withoutNegative(name: string, graph: StepGraph): string {
  const [low, high] = [0, 1].map(bound => graph.numbers([bound], [], 'f64'));
  const sign = graph.node('Clip', [graph.cast(name, 'f64'), low ?? '', high ?? '']);
  return graph.node('Mul', [name, graph.cast(sign, 'i64')]);
}

/** Bits of the significand of what Clip sees. */
const significandBits: Readonly<Partial<Record<ElementType, number>>> = {f16: 24, f32: 24, f64: 53};

type Bound = bigint | number | undefined;

/** Bounds that elements of `from` may exceed and `to` has; undefined if there are none. */
function boundsFor(from: NumericType, to: NumericType): readonly [Bound, Bound] | undefined {
  const [inner, outer] = [rangeOf(to), rangeOf(from)];
  if (inner === undefined || from === 'bool') return undefined;
  const least = outer === undefined || outer[0] < inner[0] ? inner[0] : undefined;
  const greatest = outer === undefined || outer[1] > inner[1] ? inner[1] : undefined;
  if (least === undefined && greatest === undefined) return undefined;
  return [least, greatest === undefined ? undefined : representable(greatest, from)];
}

/** The bound, or the greatest number below it that a floating-point type has. */
function representable(bound: bigint, type: NumericType): bigint | number {
  const significand = significandBits[type];
  const bits = bound.toString(2).length;
  if (significand === undefined || bits <= significand) return bound;
  return 2 ** bits - 2 ** (bits - significand);
}
