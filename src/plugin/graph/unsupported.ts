import {InferenceError} from '../../errors.js';

/** Why an operation cannot be run: what was expected, and what the network has. */
export function unsupported(reason: string): InferenceError {
  return new InferenceError('UNSUPPORTED_OPERATIONS', reason);
}
