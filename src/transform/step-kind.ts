import type {ElementType} from '../../schemas/element-type.js';
import type {Layout} from '../../schemas/layout.js';
import type {ColorFormat, ProcessingStep} from '../../schemas/preprocessing.js';
import type {Dimension} from '../../schemas/tensor.js';
import type {StepGraph} from './step-graph.js';

/** Null: not even the rank is known. */
export type Shape = readonly Dimension[] | null;

/** What the axes and the channels of a value mean, as far as declared. */
export interface Format {
  /** As many letters as the shape has dimensions. */
  readonly layout: Layout | undefined;
  readonly color: ColorFormat | undefined;
}

/** A value on its way through the steps. */
export interface Flowing extends Format {
  readonly name: string;
  readonly type: ElementType;
  /** That of the first plane where there are several. */
  readonly shape: Shape;
  /** The names of further planes: those of chroma, where luma is `name`. */
  readonly planes: readonly string[];
}

/**
 * How one kind of step is made of ONNX operations. Its methods throw INVALID_ARGUMENT for a step
 * that cannot be applied; who calls them says which step of what it was.
 */
export interface StepKind<Step extends ProcessingStep> {
  /** Takes an image of several planes too. */
  readonly takesPlanes?: boolean;
  /** The format after the step, where the step changes it. */
  formatAfter?(step: Step, format: Format): Format;
  /** The layout before the step, from the one after it, where they differ; undefined: unknown. */
  layoutBefore?(step: Step, after: Layout): Layout | undefined;
  /** The shape before the step, from the one after it, where they differ. `format`: before. */
  shapeBefore?(step: Step, after: Shape, format: Format): Shape;
  /** Adds the step's nodes. `after`: the shape that what follows needs, as far as known. */
  apply(step: Step, value: Flowing, graph: StepGraph, after: Shape): Flowing;
}
