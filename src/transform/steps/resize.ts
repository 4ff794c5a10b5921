import type {ElementType} from '../../../schemas/element-type.js';
import type {Layout, ProcessingStep} from '../../../schemas/preprocessing.js';
import {axisOf, refusal, requireFloat, sizeAt, withDimensions} from '../axes.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing, Shape, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'resize'}>;

/** What ONNX Runtime's CPU kernel takes; it runs f16 as f32. */
const resizable: readonly ElementType[] = ['f16', 'f32', 'i8', 'u8', 'i32'];

export const resize: StepKind<Step> = {
  shapeBefore(_, after, layout) {
    return withDimensions(after, [
      [axisOf(layout, 'H'), '?'],
      [axisOf(layout, 'W'), '?'],
    ]);
  },
  apply(step, value, graph, after) {
    checkType(step, value);
    const [h, w] = [axisOf(value.layout, 'H'), axisOf(value.layout, 'W')];
    const height = sizeOf('height', step.height, after, h);
    const width = sizeOf('width', step.width, after, w);
    const shape = withDimensions(value.shape, [
      [h, height],
      [w, width],
    ]);
    const name = resized(step, value, graph, [height, width]);
    return {...value, name, shape};
  },
};

function sizeOf(what: string, given: number | undefined, after: Shape, axis: number): number {
  const size = given ?? sizeAt(after, axis);
  if (size !== undefined) return size;
  throw refusal(`expected a ${what}, since what follows does not fix one`);
}

/** Kernels want the pixels in the last two axes: others are moved there and back. */
function resized(
  {mode}: Step,
  {name, layout = ''}: Flowing,
  graph: StepGraph,
  size: readonly number[],
): string {
  const {there, back} = pixelsLast(layout);
  const isLast = there.every((axis, index) => axis === index);
  const moved = isLast ? name : graph.node('Transpose', [name], {perm: there.map(BigInt)});
  const sizes = graph.integers(size);
  const axes = [layout.length - 2, layout.length - 1].map(BigInt);
  const made = graph.node('Resize', [moved, '', '', sizes], {mode, axes});
  return isLast ? made : graph.node('Transpose', [made], {perm: back.map(BigInt)});
}

function pixelsLast(layout: Layout) {
  const letters = [...layout];
  const there = [...letters.filter(letter => !'HW'.includes(letter)), 'H', 'W'].map(letter =>
    letters.indexOf(letter),
  );
  return {there, back: there.map((_, axis) => there.indexOf(axis))};
}

function checkType({mode}: Step, value: Flowing): void {
  if (mode === 'cubic') requireFloat(value);
  if (resizable.includes(value.type)) return;
  throw refusal(`expected elements of ${resizable.join(', ')}, given ${value.type}`);
}
