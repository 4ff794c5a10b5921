import type {NumericType} from '../../../schemas/element-type.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import type {Dimension} from '../../../schemas/tensor.js';
import {axisOf, checkRank, refusal, sizeAt, withDimensions} from '../axes.js';
import {holds} from '../element-range.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing, Format, Shape, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'pad'}>;

/** Before the first element of any axis: ONNX cuts what lies outside off. */
const beforeFirst = -(2 ** 31);

/** What is added along one axis. */
interface Border {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

/** Types that not every device's Pad takes, and wider ones that it does. */
const paddedAs: Readonly<Partial<Record<string, NumericType>>> = {
  f16: 'f32',
  i16: 'i32',
  u16: 'i32',
  u32: 'i64',
  u64: 'i64',
};

export const pad: StepKind<Step> = {
  shapeBefore(step, after, format) {
    return padded(bordersOf(step, format, after), after, -1);
  },
  apply(step, value, graph) {
    const borders = bordersOf(step, value, value.shape);
    checkReflection(step, borders, value.shape);
    if (step.mode === 'symmetric') {
      const name = borders.reduce((made, border) => mirrored(made, border, graph), value.name);
      return {...value, name, shape: padded(borders, value.shape, 1)};
    }
    const via = paddedAs[value.type] ?? value.type;
    const wide = via === value.type ? value.name : graph.cast(value.name, via);
    const whole = {...value, name: wide, type: via};
    const made = Array.isArray(step.value)
      ? padChannels(step.value, borders, whole, graph)
      : padNode(step, borders, whole, graph);
    const name = via === value.type ? made : graph.cast(made, value.type);
    return {...value, name, shape: padded(borders, value.shape, 1)};
  },
};

function bordersOf(step: Step, {layout}: Format, shape: Shape): readonly Border[] {
  const {top = 0, bottom = 0, left = 0, right = 0, begin, end} = step;
  if (begin === undefined || end === undefined) {
    return [
      {axis: axisOf(layout, 'H'), begin: top, end: bottom},
      {axis: axisOf(layout, 'W'), begin: left, end: right},
    ];
  }
  checkRank(begin, shape);
  if (begin.length !== end.length) {
    throw refusal(`expected as many ends as begins, given [${begin}] and [${end}]`);
  }
  return begin.map((before, axis) => ({axis, begin: before, end: end[axis] ?? 0}));
}

function padNode(
  {mode = 'constant', value}: Pick<Step, 'mode' | 'value'>,
  borders: readonly Border[],
  {name, type}: Flowing,
  graph: StepGraph,
): string {
  const pads = graph.integers([...borders.map(({begin}) => begin), ...borders.map(({end}) => end)]);
  const axes = graph.integers(borders.map(({axis}) => axis));
  const filler =
    mode === 'constant' ? fillerOf(Number(value ?? 0), type as NumericType, graph) : '';
  return graph.node('Pad', [name, pads, filler, axes], {mode});
}

function fillerOf(value: number, type: NumericType, graph: StepGraph): string {
  if (holds(type, value)) return graph.numbers([value], [], type);
  throw refusal(`expected a value that ${type} holds, given ${value}`);
}

/** Each channel by itself, with a value of its own. */
function padChannels(
  values: readonly number[],
  borders: readonly Border[],
  value: Flowing,
  graph: StepGraph,
): string {
  const axis = axisOf(value.layout, 'C');
  const channels = sizeAt(value.shape, axis);
  if (channels !== values.length) {
    const has = channels ?? 'an unknown number';
    throw refusal(`expected a value for each channel (${has}), given ${values.length}`);
  }
  if (borders.some(border => border.axis === axis && border.begin + border.end > 0)) {
    throw refusal('expected no border along C where each channel has its own value');
  }
  const along = graph.integers([axis]);
  const planes = values.map((each, channel) => {
    const [from, to] = [graph.integers([channel]), graph.integers([channel + 1])];
    const name = graph.node('Slice', [value.name, from, to, along]);
    return padNode({value: each}, borders, {...value, name}, graph);
  });
  return graph.node('Concat', planes, {axis: BigInt(axis)});
}

/** ONNX's Pad does not repeat the outermost elements: they are cut out backwards and put beside. */
function mirrored(name: string, {axis, begin, end}: Border, graph: StepGraph): string {
  const cut = (from: number, to: number) => {
    const [start, stop, along, step] = [[from], [to], [axis], [-1]].map(each =>
      graph.integers(each),
    ) as [string, string, string, string];
    return graph.node('Slice', [name, start, stop, along, step]);
  };
  const parts = [
    ...(begin === 0 ? [] : [cut(begin - 1, beforeFirst)]),
    name,
    ...(end === 0 ? [] : [cut(-1, -1 - end)]),
  ];
  return parts.length === 1 ? name : graph.node('Concat', parts, {axis: BigInt(axis)});
}

function checkReflection({mode}: Step, borders: readonly Border[], shape: Shape): void {
  if (mode !== 'reflect' && mode !== 'symmetric') return;
  for (const {axis, begin, end} of borders) {
    const most = (sizeAt(shape, axis) ?? Number.POSITIVE_INFINITY) - (mode === 'reflect' ? 1 : 0);
    if (Math.max(begin, end) <= most) continue;
    throw refusal(`expected to mirror at most ${most} elements of axis ${axis} of [${shape}]`);
  }
}

/** The shape with the border added (`sign` 1) or taken away (-1). */
function padded(borders: readonly Border[], shape: Shape, sign: number): Shape {
  const grown = ({axis, begin, end}: Border): Dimension => {
    const dimension = shape?.[axis];
    if (begin + end === 0) return dimension ?? '?';
    if (typeof dimension !== 'number') return '?';
    const size = dimension + sign * (begin + end);
    if (size >= 1) return size;
    throw refusal(`expected a border of less than ${dimension} elements, given ${begin + end}`);
  };
  return withDimensions(
    shape,
    borders.map(border => [border.axis, grown(border)] as const),
  );
}
