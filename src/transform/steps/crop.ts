import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import type {Dimension} from '../../../schemas/tensor.js';
import {axisOf, checkRank, refusal, withDimensions} from '../axes.js';
import type {Flowing, Format, Shape, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'crop'}>;

/** What is kept along one axis; negative numbers count from its end. */
interface Range {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

export const crop: StepKind<Step> = {
  shapeBefore(step, after, format) {
    const open = rangesOf(step, format, after).map(({axis}) => [axis, '?'] as const);
    return withDimensions(after, open);
  },
  apply(step, value, graph) {
    const ranges = rangesOf(step, value, value.shape);
    if (step.begin === undefined) checkInside(ranges, value);
    const kept = ranges.map(range => [range.axis, keptOf(range, value.shape)] as const);
    const starts = graph.integers(ranges.map(({begin}) => begin));
    const ends = graph.integers(ranges.map(({end}) => end));
    const axes = graph.integers(ranges.map(({axis}) => axis));
    const name = graph.node('Slice', [value.name, starts, ends, axes]);
    return {...value, name, shape: withDimensions(value.shape, kept)};
  },
};

function rangesOf(step: Step, {layout}: Format, shape: Shape): readonly Range[] {
  const {top = 0, left = 0, height = 0, width = 0, begin, end} = step;
  if (begin === undefined || end === undefined) {
    return [
      {axis: axisOf(layout, 'H'), begin: top, end: top + height},
      {axis: axisOf(layout, 'W'), begin: left, end: left + width},
    ];
  }
  checkRank(begin, shape);
  checkRank(end, shape);
  if (begin.length !== end.length) {
    throw refusal(`expected as many ends as begins, given [${begin}] and [${end}]`);
  }
  return begin.map((from, axis) => ({axis, begin: from, end: end[axis] ?? 0}));
}

function checkInside(ranges: readonly Range[], {shape}: Flowing): void {
  for (const {axis, end} of ranges) {
    const size = shape?.[axis];
    if (typeof size !== 'number' || end <= size) continue;
    throw refusal(`expected a window inside [${shape}], given one that ends at ${end}`);
  }
}

/** As ONNX's Slice has it: what lies outside is cut off, but something has to be left. */
function keptOf({axis, begin, end}: Range, shape: Shape): Dimension {
  const size = shape?.[axis];
  if (typeof size !== 'number') return '?';
  const at = (place: number) => Math.min(size, Math.max(0, place < 0 ? place + size : place));
  const kept = at(end) - at(begin);
  if (kept > 0) return kept;
  throw refusal(`expected something of axis ${axis} of [${shape}], given ${begin} to ${end}`);
}
