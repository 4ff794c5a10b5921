import type {ElementType} from '../../schemas/element-type.js';
import type {Layout, ProcessingStep} from '../../schemas/preprocessing.js';
import type {Dimension} from '../../schemas/tensor.js';
import type {StepGraph} from './step-graph.js';

/** Null: not even the rank is known. */
export type Shape = readonly Dimension[] | null;

/** A value on its way through the steps. */
export interface Flowing {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  /** As many letters as the shape has dimensions. */
  readonly layout: Layout | undefined;
}

/**
 * How one kind of step is made of ONNX operations. Its methods throw INVALID_ARGUMENT for a step
 * that cannot be applied; who calls them says which step of what it was.
 */
export interface StepKind<Step extends ProcessingStep> {
  /** The layout after the step, where the step changes it. */
  layoutAfter?(step: Step, layout: Layout | undefined): Layout | undefined;
  /** The shape before the step, from the one after it, where they differ. `layout`: before. */
  shapeBefore?(step: Step, after: Shape, layout: Layout | undefined): Shape;
  /** Adds the step's nodes. `after`: the shape that what follows needs, as far as known. */
  apply(step: Step, value: Flowing, graph: StepGraph, after: Shape): Flowing;
}
