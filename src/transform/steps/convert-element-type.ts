import type {ProcessingStep} from '../../../schemas/preprocessing.js';
import type {StepKind} from '../step-kind.js';

type Step = Extract<ProcessingStep, {readonly kind: 'convertElementType'}>;

export const convertElementType: StepKind<Step> = {
  apply({type}, value, graph) {
    return {...value, type, name: graph.cast(value.name, type)};
  },
};
