import type {ElementType} from '../../../schemas/element-type.js';
import type {Layout, ProcessingStep} from '../../../schemas/preprocessing.js';
import type {Dimension} from '../../../schemas/tensor.js';
import {axisOf, refusal, withDimensions} from '../axes.js';
import type {Shape, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'pad'}>;

/** Types without a kernel in ONNX Runtime. */
const unpaddable: readonly ElementType[] = ['i16', 'u16'];

export const pad: StepKind<Step> = {
  shapeBefore(step, after, layout) {
    return padded(step, after, layout, -1);
  },
  apply(step, value, graph) {
    const {top, bottom, left, right, value: border = 0} = step;
    if (unpaddable.includes(value.type)) throw refusal(`expected no ${value.type} elements`);
    const shape = padded(step, value.shape, value.layout, 1);
    const axes = [axisOf(value.layout, 'H'), axisOf(value.layout, 'W')];
    const pads = graph.integers([top, left, bottom, right]);
    const filler = graph.numbers([border], [], value.type);
    const name = graph.node('Pad', [value.name, pads, filler, graph.integers(axes)]);
    return {...value, shape, name};
  },
};

/** The shape with the border added (`sign` 1) or taken away (-1). */
function padded(step: Step, shape: Shape, layout: Layout | undefined, sign: number): Shape {
  const [h, w] = [axisOf(layout, 'H'), axisOf(layout, 'W')];
  const grown = (axis: number, border: number): Dimension => {
    const size = shape?.[axis];
    if (typeof size !== 'number') return '?';
    if (size + sign * border < 1) {
      throw refusal(`expected a border of less than ${size} elements, given ${border}`);
    }
    return size + sign * border;
  };
  return withDimensions(shape, [
    [h, grown(h, step.top + step.bottom)],
    [w, grown(w, step.left + step.right)],
  ]);
}
