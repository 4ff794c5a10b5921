import type {Layout} from '../../../schemas/layout.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {invariant} from '../../errors.js';
import {axisOf, checkRank, refusal} from '../axes.js';
import type {Shape, StepKind} from '../step-kind.js';

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
    const added = addedLetters(step, layout).length;
    const permutation = permutationOf(step, layout);
    checkRank(permutation, after);
    const whole = permutation.map((_, axis) => after[permutation.indexOf(axis)] ?? '?');
    checkAdded(whole.slice(0, added), after);
    return whole.slice(added);
  },
  apply(step, value, graph) {
    const added = addedLetters(step, value.layout).length;
    const axes = Array.from({length: added}, (_, axis) => axis);
    const whole = value.shape && [...axes.map(() => 1), ...value.shape];
    const permutation = permutationOf(step, value.layout);
    checkRank(permutation, whole);
    const layout = layoutAfter(step, value.layout);
    const shape = whole && permutation.map(axis => whole[axis] ?? '?');
    const name =
      added === 0 ? value.name : graph.node('Unsqueeze', [value.name, graph.integers(axes)]);
    const isInOrder = permutation.every((from, axis) => from === axis);
    if (isInOrder) return {...value, name, shape, layout};
    const perm = permutation.map(BigInt);
    return {...value, name: graph.node('Transpose', [name], {perm}), shape, layout};
  },
};

function layoutAfter(step: Step, layout: Layout | undefined): Layout | undefined {
  if (typeof step.to === 'string') return step.to;
  if (layout === undefined) return undefined;
  const letters = permutationOf(step, layout).map(axis => layout[axis]);
  return letters.join('');
}

/** Axes that the layout does not have yet: they are added before all others, with one element. */
function addedLetters({to}: Step, layout: Layout | undefined): readonly string[] {
  if (typeof to !== 'string' || layout === undefined) return [];
  const missing = [...to].filter(letter => !layout.includes(letter));
  return missing.length + layout.length === to.length ? missing : [];
}

function checkAdded(sizes: readonly unknown[], after: Shape): void {
  const odd = sizes.find(size => typeof size === 'number' && size !== 1);
  if (odd === undefined) return;
  throw refusal(`expected 1 along an axis that is added, what follows needs [${after}]`);
}

/** For each axis after the step, which axis before it was, those that are added counted first. */
function permutationOf(step: Step, layout: Layout | undefined): readonly number[] {
  const {to} = step;
  invariant(to !== undefined, 'completeSteps fills the layout in');
  if (typeof to === 'string') {
    const whole = layout && addedLetters(step, layout).join('') + layout;
    if (whole !== undefined && whole.length !== to.length) {
      throw refusal(`expected the letters of ${layout} in another order, given ${to}`);
    }
    return [...to].map(letter => axisOf(whole, letter));
  }
  if (layout !== undefined && layout.length !== to.length) {
    throw refusal(`expected a number for each axis of ${layout}, given [${to}]`);
  }
  const axes = [...to].sort((a, b) => a - b);
  if (axes.every((axis, index) => axis === index)) return to;
  throw refusal(`expected each axis from 0 to ${to.length - 1} once, given [${to}]`);
}
