import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {axisOf, refusal, sizeAt, withDimensions} from '../axes.js';
import type {StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'crop'}>;

export const crop: StepKind<Step> = {
  shapeBefore(_, after, layout) {
    return withDimensions(after, [
      [axisOf(layout, 'H'), '?'],
      [axisOf(layout, 'W'), '?'],
    ]);
  },
  apply({top, left, height, width}, value, graph) {
    const axes = [axisOf(value.layout, 'H'), axisOf(value.layout, 'W')] as const;
    const ends = [top + height, left + width] as const;
    for (const [index, axis] of axes.entries()) {
      const size = sizeAt(value.shape, axis);
      const end = ends[index] ?? 0;
      if (size !== undefined && end > size) {
        throw refusal(`expected a window inside [${value.shape}], given one that ends at ${end}`);
      }
    }
    const [starts, stops, along] = [[top, left], ends, axes].map(each => graph.integers(each)) as [
      string,
      string,
      string,
    ];
    const shape = withDimensions(value.shape, [
      [axes[0], height],
      [axes[1], width],
    ]);
    return {...value, shape, name: graph.node('Slice', [value.name, starts, stops, along])};
  },
};
