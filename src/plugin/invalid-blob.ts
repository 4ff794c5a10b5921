import {InferenceError} from '../errors.js';

/** Why an import failed; where what was given does not compile, INVALID_BLOB. */
export function invalidBlob(error: unknown): InferenceError {
  const known = InferenceError.from(error, 'COMPILE_FAILED');
  if (known.code !== 'COMPILE_FAILED' && known.code !== 'INVALID_NETWORK') return known;
  const text = `expected a network that this plugin exported: ${known.message}`;
  return new InferenceError('INVALID_BLOB', text, known.place, {cause: error});
}
