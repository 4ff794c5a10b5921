import type {Layout} from '../../../schemas/layout.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import type {Dimension} from '../../../schemas/tensor.js';
import {refusal} from '../axes.js';
import {type CustomNetwork, readCustomNetwork} from '../custom-network.js';
import type {Flowing, Format, Shape, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'custom'}>;

export const custom: StepKind<Step> = {
  formatAfter(step, format) {
    return {...format, layout: layoutAfter(step, readCustomNetwork(step.model), format)};
  },
  layoutBefore() {
    return undefined;
  },
  shapeBefore({model}, after, {layout}) {
    const {input, output} = readCustomNetwork(model);
    if (input.shape !== null) return exchanged(input.shape, output.shape, after);
    return layout === undefined ? null : Array<Dimension>(layout.length).fill('?');
  },
  apply(step, value, graph) {
    const network = readCustomNetwork(step.model);
    checkTakes(network, value);
    const {type} = network.output;
    const shape = shapeAfter(network, value.shape);
    const layout = layoutAfter(step, network, value);
    return {...value, type, shape, layout, name: graph.splice(network, value.name)};
  },
};

/** Kept if there are as many axes behind the network as before it, where none is given. */
function layoutAfter(step: Step, {output}: CustomNetwork, {layout}: Format): Layout | undefined {
  const {shape} = output;
  if (step.layout === undefined) {
    return shape === null || shape.length === layout?.length ? layout : undefined;
  }
  if (shape === null || shape.length === step.layout.length) return step.layout;
  throw refusal(
    `the layout ${step.layout} does not fit the shape [${shape}] that the network gives`,
  );
}

function checkTakes({input}: CustomNetwork, {type, shape}: Flowing): void {
  if (input.type !== type) {
    throw refusal(`expected elements of ${input.type}, which the network takes, given ${type}`);
  }
  if (input.shape === null || shape === null) return;
  const fits = input.shape.every((size, axis) => {
    const given = shape[axis];
    return typeof size !== 'number' || typeof given !== 'number' || size === given;
  });
  if (fits && shape.length === input.shape.length) return;
  throw refusal(`expected the shape [${input.shape}], which the network takes, given [${shape}]`);
}

function shapeAfter({input, output}: CustomNetwork, given: Shape): Shape {
  return output.shape && exchanged(output.shape, input.shape, given);
}

/**
 * A shape that the network declares, its own names of dimensions exchanged: they mean nothing
 * outside, and become what `given` has where `like` has the same name.
 */
function exchanged(shape: readonly Dimension[], like: Shape, given: Shape): readonly Dimension[] {
  const known = new Map<Dimension, Dimension>();
  for (const [axis, dimension] of (like ?? []).entries()) {
    if (dimension !== '?') known.set(dimension, given?.[axis] ?? '?');
  }
  return shape.map(size => (typeof size === 'number' ? size : (known.get(size) ?? '?')));
}
