import {InferenceError} from '../../errors.js';

/** A kernel cannot go on with the values that it was given. */
export function kernelFailure(message: string): InferenceError {
  return new InferenceError('STAGE_FAILED', message);
}
