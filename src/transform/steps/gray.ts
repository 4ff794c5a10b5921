import {axisOf} from '../axes.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing} from '../step-kind.js';
import {asFloat, fromThousandths, requireColors} from './color-arithmetic.js';

/** Of red, green and blue, in thousandths: luma of ITU-R BT.601, as OpenCV and OpenVINO have it. */
const weights = [299, 587, 114];

/** One channel of three that are in the order R, G, B. */
export function grayOf(value: Flowing, graph: StepGraph): string {
  requireColors(value);
  const {name, type, layout = ''} = value;
  const axis = axisOf(layout, 'C');
  const shape = [...layout].map((_, each) => (each === axis ? weights.length : 1));
  const weighed = graph.node('Mul', [
    asFloat(name, type, graph),
    graph.numbers(weights, shape, 'f32'),
  ]);
  const sums = graph.node('ReduceSum', [weighed, graph.integers([axis])], {keepdims: 1n});
  return fromThousandths(sums, {type, rounding: 'half even'}, graph);
}
