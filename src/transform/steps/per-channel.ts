import type {NumericType} from '../../../schemas/element-type.js';
import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {axisOf, refusal, requireFloat, sizeAt} from '../axes.js';
import type {StepGraph} from '../step-graph.js';
import type {Flowing, StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'mean' | 'scale'}>;

/** Arithmetic with one number, or with one number for each channel. */
export function perChannel(operation: 'Sub' | 'Div'): StepKind<Step> {
  return {
    apply({values}, value, graph) {
      requireFloat(value);
      const operand =
        typeof values === 'number'
          ? graph.numbers([values], [], value.type as NumericType)
          : channelNumbers(values, value, graph);
      return {...value, name: graph.node(operation, [value.name, operand])};
    },
  };
}

/** Shaped so that they broadcast along all axes but C. */
function channelNumbers(values: readonly number[], value: Flowing, graph: StepGraph): string {
  const axis = axisOf(value.layout, 'C');
  const channels = sizeAt(value.shape, axis) ?? values.length;
  if (channels !== values.length) {
    throw refusal(`expected ${channels} numbers, one for each channel, given ${values.length}`);
  }
  const shape = [...(value.layout ?? '')].map((_, each) => (each === axis ? channels : 1));
  return graph.numbers(values, shape, value.type as NumericType);
}
