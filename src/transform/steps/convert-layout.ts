import type {Layout, ProcessingStep} from '../../../schemas/preprocessing.js';
import {axisOf, refusal} from '../axes.js';
import type {Shape, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'convertLayout'}>;

export const convertLayout: StepKind<Step> = {
  layoutAfter(step, layout) {
    if (typeof step.to === 'string') return step.to;
    return (
      layout &&
      permutationOf(step, layout)
        .map(axis => layout[axis])
        .join('')
    );
  },
  shapeBefore(step, after, layout) {
    if (after === null) return null;
    const permutation = permutationOf(step, layout);
    checkRank(permutation, after);
    return permutation.map((_, axis) => after[permutation.indexOf(axis)] ?? '?');
  },
  apply(step, value, graph) {
    const permutation = permutationOf(step, value.layout);
    checkRank(permutation, value.shape);
    const perm = permutation.map(BigInt);
    return {
      ...value,
      name: graph.node('Transpose', [value.name], {perm}),
      shape: value.shape && permutation.map(axis => value.shape?.[axis] ?? '?'),
      layout: convertLayout.layoutAfter?.(step, value.layout),
    };
  },
};

/** For each axis after the step, which axis before it was. */
function permutationOf({to}: Step, layout: Layout | undefined): readonly number[] {
  if (typeof to === 'string') {
    if (layout !== undefined && layout.length !== to.length) {
      throw refusal(`expected the letters of ${layout} in another order, given ${to}`);
    }
    return [...to].map(letter => axisOf(layout, letter));
  }
  const axes = [...to].sort((a, b) => a - b);
  if (axes.every((axis, index) => axis === index)) return to;
  throw refusal(`expected each axis from 0 to ${to.length - 1} once, given [${to}]`);
}

function checkRank(permutation: readonly number[], shape: Shape): void {
  if (shape === null || shape.length === permutation.length) return;
  throw refusal(`expected ${shape.length} axes for the shape [${shape}]`);
}
