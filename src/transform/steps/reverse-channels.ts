import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {axisOf, sizeAt} from '../axes.js';
import type {StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'reverseChannels'}>;

/** Before the first element of any axis: ONNX cuts what lies outside off. */
const beforeFirst = -(2 ** 31);

export const reverseChannels: StepKind<Step> = {
  apply(_, value, graph) {
    const axis = axisOf(value.layout, 'C');
    const channels = sizeAt(value.shape, axis);
    if (channels !== undefined) {
      const order = graph.integers(
        Array.from({length: channels}, (_, index) => channels - 1 - index),
      );
      const name = graph.node('Gather', [value.name, order], {axis: BigInt(axis)});
      return {...value, name};
    }
    const [start, end, axes, step] = [[-1], [beforeFirst], [axis], [-1]].map(each =>
      graph.integers(each),
    ) as [string, string, string, string];
    return {...value, name: graph.node('Slice', [value.name, start, end, axes, step])};
  },
};
