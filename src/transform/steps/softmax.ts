import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import {refusal, requireFloat} from '../axes.js';
import type {StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'softmax'}>;

export const softmax: StepKind<Step> = {
  apply({axis}, value, graph) {
    requireFloat(value);
    const rank = value.shape?.length;
    if (rank !== undefined && (axis >= rank || axis < -rank)) {
      throw refusal(`expected an axis of the shape [${value.shape}], given ${axis}`);
    }
    return {...value, name: graph.node('Softmax', [value.name], {axis: BigInt(axis)})};
  },
};
