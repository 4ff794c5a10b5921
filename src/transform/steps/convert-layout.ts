import type {Layout} from '../../../schemas/layout.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {invariant} from '../../errors.js';
import {axisOf, checkRank, refusal} from '../axes.js';
import type {StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'convertLayout'}>;

export const convertLayout: StepKind<Step> = {
  formatAfter(step, format) {
    return {...format, layout: layoutAfter(step, format.layout)};
  },
  layoutBefore({to}, after) {
    if (to === undefined || typeof to === 'string' || to.length !== after.length) return undefined;
    return to.map((_, axis) => after[to.indexOf(axis)]).join('');
  },
  shapeBefore(step, after, {layout}) {
    if (after === null) return null;
    const permutation = permutationOf(step, layout);
    checkRank(permutation, after);
    return permutation.map((_, axis) => after[permutation.indexOf(axis)] ?? '?');
  },
  apply(step, value, graph) {
    const permutation = permutationOf(step, value.layout);
    checkRank(permutation, value.shape);
    const layout = layoutAfter(step, value.layout);
    if (permutation.every((from, axis) => from === axis)) return {...value, layout};
    return {
      ...value,
      name: graph.node('Transpose', [value.name], {perm: permutation.map(BigInt)}),
      shape: value.shape && permutation.map(axis => value.shape?.[axis] ?? '?'),
      layout,
    };
  },
};

function layoutAfter(step: Step, layout: Layout | undefined): Layout | undefined {
  if (typeof step.to === 'string') return step.to;
  if (layout === undefined) return undefined;
  const letters = permutationOf(step, layout).map(axis => layout[axis]);
  return letters.join('');
}

/** For each axis after the step, which axis before it was. */
function permutationOf({to}: Step, layout: Layout | undefined): readonly number[] {
  invariant(to !== undefined, 'completeSteps fills the layout in');
  if (typeof to === 'string') {
    if (layout !== undefined && layout.length !== to.length) {
      throw refusal(`expected the letters of ${layout} in another order, given ${to}`);
    }
    return [...to].map(letter => axisOf(layout, letter));
  }
  if (layout !== undefined && layout.length !== to.length) {
    throw refusal(`expected a number for each axis of ${layout}, given [${to}]`);
  }
  const axes = [...to].sort((a, b) => a - b);
  if (axes.every((axis, index) => axis === index)) return to;
  throw refusal(`expected each axis from 0 to ${to.length - 1} once, given [${to}]`);
}
