import type {ColorFormat, ProcessingStep} from '../../../schemas/preprocessing.js';
import {axisOf, refusal, sizeAt} from '../axes.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing, Format, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'reverseChannels'}>;

/** Before the first element of any axis: ONNX cuts what lies outside off. */
const beforeFirst = -(2 ** 31);

/** What reversing makes of each colour format that it makes sense for. */
const opposite: Readonly<Partial<Record<ColorFormat, ColorFormat>>> = {
  RGB: 'BGR',
  BGR: 'RGB',
  GRAY: 'GRAY',
};

export const reverseChannels: StepKind<Step> = {
  formatAfter(_, format) {
    return {...format, color: colorAfter(format)};
  },
  apply(_, value, graph) {
    return {...value, color: colorAfter(value), name: reversed(value, graph)};
  },
};

function colorAfter({color}: Format): ColorFormat | undefined {
  if (color === undefined) return undefined;
  const after = opposite[color];
  if (after !== undefined) return after;
  throw refusal(`expected RGB or BGR, given ${color}: convert the colour`);
}

function reversed({name, layout, shape}: Flowing, graph: StepGraph): string {
  const axis = axisOf(layout, 'C');
  const channels = sizeAt(shape, axis);
  if (channels !== undefined) {
    const order = Array.from({length: channels}, (_, index) => channels - 1 - index);
    return graph.node('Gather', [name, graph.integers(order)], {axis: BigInt(axis)});
  }
  const [start, end, axes, step] = [[-1], [beforeFirst], [axis], [-1]].map(each =>
    graph.integers(each),
  ) as [string, string, string, string];
  return graph.node('Slice', [name, start, end, axes, step]);
}
