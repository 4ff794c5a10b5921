import type {ElementType, NumericType} from '../../../schemas/element-type.js';
import type {Layout} from '../../../schemas/layout.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import type {Attributes} from '../../network/node-proto.js';
import {axisOf, refusal, sizeAt, withDimensions} from '../axes.js';
import {rangeOf} from '../element-range.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing, Shape, StepKind} from '../step-kind.js';
import {converted} from './convert-element-type.js';

type Step = Extract<ProcessingStep, {readonly kind: 'resize'}>;

/** Types whose every element is a float32 too, which is what all devices resize. */
const resizable: readonly ElementType[] = ['f32', 'f16', 'i8', 'u8', 'i16', 'u16'];

/**
 * As OpenVINO's PrePostProcessor resizes (Interpolate with its default attributes): pixels have
 * their positions at their centres (half_pixel), the nearest of two at the same distance is the
 * former, cubic has the coefficient -0.75, and nothing is smoothed where an image shrinks unless
 * `antialias` says so. These are the defaults of ONNX's Resize as well.
 */
export const resize: StepKind<Step> = {
  shapeBefore(_, after, {layout}) {
    return withDimensions(after, [
      [axisOf(layout, 'H'), '?'],
      [axisOf(layout, 'W'), '?'],
    ]);
  },
  apply(step, value, graph, after) {
    checkType(value);
    checkAxes(step, value);
    const [h, w] = [axisOf(value.layout, 'H'), axisOf(value.layout, 'W')];
    const height = sizeOf('height', step.height, after, h);
    const width = sizeOf('width', step.width, after, w);
    const shape = withDimensions(value.shape, [
      [h, height],
      [w, width],
    ]);
    const name = throughFloat(step, value, graph, float =>
      resized(step, {...value, name: float}, graph, [height, width]),
    );
    return {...value, name, shape};
  },
};

function sizeOf(what: string, given: number | undefined, after: Shape, axis: number): number {
  const size = given ?? sizeAt(after, axis);
  if (size !== undefined) return size;
  throw refusal(`expected a ${what}, since what follows does not fix one`);
}

/** Whole numbers are rounded to the nearest, halves to the even one. */
function throughFloat(
  {mode}: Step,
  {name, type}: Flowing,
  graph: StepGraph,
  resizeFloats: (name: string) => string,
): string {
  if (type === 'f32') return resizeFloats(name);
  const made = resizeFloats(graph.cast(name, 'f32'));
  if (mode === 'nearest' || rangeOf(type) === undefined) return graph.cast(made, type);
  return converted(graph.node('Round', [made]), 'f32', type as NumericType, graph);
}

/** Kernels want four axes, the pixels in the last two: the value is moved there and back. */
function resized(
  step: Step,
  {name, layout = '', shape}: Flowing,
  graph: StepGraph,
  size: readonly number[],
): string {
  const {there, back} = pixelsLast(layout);
  const isLast = there.every((axis, index) => axis === index);
  const moved = isLast ? name : graph.node('Transpose', [name], {perm: there.map(BigInt)});
  const added = Array.from({length: Math.max(0, 4 - layout.length)}, (_, axis) => axis);
  const whole =
    added.length === 0 ? moved : graph.node('Unsqueeze', [moved, graph.integers(added)]);
  const others = there.slice(0, -2).map(axis => sizeAt(shape, axis));
  const fixed = asItIs(whole, added.length + layout.length, graph);
  const sizes = sizesOf(fixed, [...added.map(() => 1), ...others], size, graph);
  const made = graph.node('Resize', [fixed, '', '', sizes], attributesOf(step));
  const lean = added.length === 0 ? made : graph.node('Squeeze', [made, graph.integers(added)]);
  return isLast ? lean : graph.node('Transpose', [lean], {perm: back.map(BigInt)});
}

/** Smoothed as Pillow does: nothing beyond the border counts, and cubic has another coefficient. */
function attributesOf({mode, antialias = false}: Step): Attributes {
  if (!antialias) return {mode};
  const smooth = {mode, antialias: 1n, exclude_outside: 1n};
  return mode === 'cubic' ? {...smooth, cubic_coeff_a: -0.5} : smooth;
}

/**
 * A Reshape that changes nothing. ONNX Runtime would move a Transpose from before a Resize behind it,
 * where cubic kernels do not take the axes any more; it does not move one past this.
 */
function asItIs(name: string, rank: number, graph: StepGraph): string {
  return graph.node('Reshape', [name, graph.integers(new Array<number>(rank).fill(0))]);
}

/** Sizes of all axes, `others` before the pixels. */
function sizesOf(
  whole: string,
  others: readonly (number | undefined)[],
  size: readonly number[],
  graph: StepGraph,
): string {
  const known = others.filter(each => each !== undefined);
  if (known.length === others.length) return graph.integers([...known, ...size]);
  const [start, end] = [graph.integers([0]), graph.integers([others.length])];
  const front = graph.node('Slice', [graph.node('Shape', [whole]), start, end]);
  return graph.node('Concat', [front, graph.integers(size)], {axis: 0n});
}

function pixelsLast(layout: Layout) {
  const letters = [...layout];
  const there = [...letters.filter(letter => !'HW'.includes(letter)), 'H', 'W'].map(letter =>
    letters.indexOf(letter),
  );
  return {there, back: there.map((_, axis) => there.indexOf(axis))};
}

function checkType({type}: Flowing): void {
  if (resizable.includes(type)) return;
  throw refusal(
    `expected elements of ${resizable.join(', ')}, given ${type}: convert the element type first`,
  );
}

function checkAxes({mode}: Step, {layout = ''}: Flowing): void {
  if (mode === 'nearest' || layout.length <= 4) return;
  throw refusal(`expected at most four axes for ${mode}, the layout is ${layout}`);
}
