import type {ProcessingStep} from '../../schemas/preprocessing.js';
import {InferenceError} from '../errors.js';
import {refusal} from './axes.js';
import type {StepGraph} from './step-graph.js';
import type {Flowing, Format, Shape} from './step-kind.js';
import {stepKindOf} from './step-kinds.js';

type Steps = readonly ProcessingStep[];

/**
 * Adds the nodes of `steps`, in order, behind `start`. `needed`: for each step the shape that what
 * follows it needs, as far as known. Throws INVALID_ARGUMENT that says which step of `what` failed.
 */
export function applySteps(
  what: string,
  steps: Steps,
  start: Flowing,
  graph: StepGraph,
  needed: readonly Shape[] = [],
): Flowing {
  let value = start;
  for (const [index, step] of steps.entries()) {
    value = naming(what, index, step, () => {
      checkPlanes(step, value);
      return stepKindOf(step).apply(step, value, graph, needed[index] ?? null);
    });
  }
  return value;
}

/**
 * The shapes along the steps, from the one that the first takes to the one that the last gives,
 * found backwards from the last.
 */
export function shapesBack(
  what: string,
  steps: Steps,
  format: Format,
  last: Shape,
): readonly Shape[] {
  const formats = formatsAlong(what, steps, format);
  const shapes = [last];
  for (const [index, step] of [...steps.entries()].reverse()) {
    const after = shapes[0] ?? null;
    const kind = stepKindOf(step);
    const before = () => kind.shapeBefore?.(step, after, formats[index] ?? format);
    const shape = kind.shapeBefore === undefined ? after : naming(what, index, step, before);
    shapes.unshift(shape ?? null);
  }
  return shapes;
}

/** The format before each step, and after the last. */
export function formatsAlong(what: string, steps: Steps, first: Format): readonly Format[] {
  const formats = [first];
  for (const [index, step] of steps.entries()) {
    const before = formats[index] ?? first;
    const kind = stepKindOf(step);
    const after = () => kind.formatAfter?.(step, before) ?? before;
    formats.push(kind.formatAfter === undefined ? before : naming(what, index, step, after));
  }
  return formats;
}

function checkPlanes(step: ProcessingStep, {planes, color}: Flowing): void {
  if (planes.length === 0 || stepKindOf(step).takesPlanes) return;
  throw refusal(`expected one tensor, given the planes of ${color}: convert the colour first`);
}

function naming<T>(what: string, index: number, step: ProcessingStep, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    const message = `${what}, step ${index + 1} (${step.kind}): ${error.message}`;
    throw new InferenceError(error.code, message, {}, {cause: error});
  }
}
