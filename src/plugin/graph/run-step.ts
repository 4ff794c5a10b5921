import type {TensorData} from '../../../schemas/tensor.js';
import {InferenceError} from '../../errors.js';
import type {Step} from './step.js';

/** Takes a step's inputs from `values`, and puts its outputs there. */
export type StepRunner = (step: Step, values: Map<string, TensorData>) => void;

/** Throws STAGE_FAILED. */
export function runStep(step: Step, values: Map<string, TensorData>): void {
  const {operation, kernel, inputs, outputs} = step;
  try {
    const made = kernel(inputs.map(name => values.get(name)));
    for (const [index, name] of outputs.entries()) {
      const tensor = made[index];
      if (tensor !== undefined && name !== '') values.set(name, tensor);
    }
  } catch (error) {
    throw InferenceError.from(error, 'STAGE_FAILED').at({operation});
  }
}
