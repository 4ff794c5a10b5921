import type {ElementType} from '../../schemas/element-type.js';
import type {Layout} from '../../schemas/layout.js';
import type {ProcessingStep} from '../../schemas/preprocessing.js';
import {formatsAlong} from './apply-steps.js';
import {refusal} from './axes.js';
import type {Format} from './step-kind.js';
import {stepKindOf} from './step-kinds.js';

/** What the steps lead to, as far as declared. */
export interface Target {
  readonly type: ElementType | undefined;
  readonly layout: Layout | undefined;
}

/**
 * The steps with what they leave to the target filled in, and behind them those that are implied,
 * as in the Inference Engine: the axes moved to the target's layout, the elements converted to its
 * type. Throws INVALID_ARGUMENT where the target does not say what a step leaves to it.
 */
export function completeSteps(
  what: string,
  steps: readonly ProcessingStep[],
  start: Format,
  target: Target,
): readonly ProcessingStep[] {
  const filled = steps.map(step => filledIn(what, step, target));
  const end = formatsAlong(what, filled, start).at(-1);
  if (target.layout !== undefined && end?.layout !== undefined && end.layout !== target.layout) {
    filled.push({kind: 'convertLayout', to: target.layout});
  }
  const {type} = target;
  if (type !== undefined && type !== 'string') filled.push({kind: 'convertElementType', type});
  return filled;
}

/** The layout before the steps, from the one after them; undefined where it cannot be known. */
export function layoutBack(
  steps: readonly ProcessingStep[],
  last: Layout | undefined,
): Layout | undefined {
  let layout = last;
  for (const step of [...steps].reverse()) {
    const kind = stepKindOf(step);
    if (layout !== undefined && kind.layoutBefore) layout = kind.layoutBefore(step, layout);
  }
  return layout;
}

function filledIn(what: string, step: ProcessingStep, {type, layout}: Target): ProcessingStep {
  if (step.kind === 'convertLayout' && step.to === undefined) {
    if (layout !== undefined) return {...step, to: layout};
    throw refusal(`${what}: convertLayout to what? Neither it nor the declaration names a layout`);
  }
  if (step.kind === 'convertElementType' && step.type === undefined) {
    if (type !== undefined && type !== 'string') return {...step, type};
    throw refusal(`${what}: convertElementType to what? Neither it nor the declaration names one`);
  }
  return step;
}
