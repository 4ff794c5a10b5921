import type {ColorFormat, ProcessingStep} from '../../../schemas/preprocessing.js';
import type {Dimension} from '../../../schemas/tensor.js';
import {axisOf, refusal, withDimensions} from '../axes.js';
import {channelsOf, isSinglePlane, isYuv} from '../color-planes.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing, Format, Shape, StepKind} from '../step-kind.js';
import {grayOf} from './gray.js';
import {lumaOf} from './yuv-planes.js';
import {yuvToRgb} from './yuv-to-rgb.js';

type Step = Extract<ProcessingStep, {readonly kind: 'convertColor'}>;

export const convertColor: StepKind<Step> = {
  takesPlanes: true,
  formatAfter({to}, format) {
    declared(format);
    return {...format, color: to};
  },
  shapeBefore(_, after, format) {
    const from = declared(format);
    const channels = [axisOf(format.layout, 'C'), channelsOf[from]] as const;
    return withDimensions(after, [channels, ...heights(from, after, size => (size * 3) / 2)]);
  },
  apply({to}, value, graph) {
    const from = declared(value);
    const channels = [axisOf(value.layout, 'C'), channelsOf[to]] as const;
    const rows = heights(from, value.shape, size => (size * 2) / 3);
    return {
      ...value,
      name: converted(from, to, value, graph),
      planes: [],
      color: to,
      shape: withDimensions(value.shape, [channels, ...rows]),
    };
  },
};

function declared({color}: Format): ColorFormat {
  if (color !== undefined) return color;
  throw refusal('expected a declared colour format: tensor({color})');
}

/** Where chroma lies below luma, there are half as many rows more than the image has. */
function heights(
  from: ColorFormat,
  shape: Shape,
  change: (size: number) => number,
): readonly (readonly [number, Dimension])[] {
  if (!isSinglePlane(from)) return [];
  const height = shape?.[1];
  return [[1, typeof height === 'number' ? change(height) : '?']];
}

function converted(from: ColorFormat, to: ColorFormat, value: Flowing, graph: StepGraph): string {
  if (from === to) return value.name;
  if (isYuv(from)) return to === 'GRAY' ? lumaOf(value, graph) : yuvToRgb(to, value, graph);
  const axis = axisOf(value.layout, 'C');
  if (from === 'GRAY') {
    return graph.node('Concat', [value.name, value.name, value.name], {axis: BigInt(axis)});
  }
  const isReversed = to === 'GRAY' ? from.startsWith('B') : from.slice(0, 3) !== to;
  const order = graph.integers(isReversed ? [2, 1, 0] : [0, 1, 2]);
  const isInOrder = !isReversed && channelsOf[from] === 3;
  const name = isInOrder
    ? value.name
    : graph.node('Gather', [value.name, order], {axis: BigInt(axis)});
  return to === 'GRAY' ? grayOf({...value, name}, graph) : name;
}
