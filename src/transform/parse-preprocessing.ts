import {type Preprocessing, preprocessingSchema} from '../../schemas/preprocessing.js';
import {safelyParsed} from '../../schemas/safely-parsed.js';
import {InferenceError} from '../errors.js';

/** What a user gave as pre- and postprocessing. Throws INVALID_ARGUMENT that says what is wrong. */
export function parsePreprocessing(given: unknown): Preprocessing {
  const parsed = safelyParsed(preprocessingSchema, given);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({path, message}) => `${path.join('.')}: ${message}`);
  throw new InferenceError('INVALID_ARGUMENT', `invalid preprocessing: ${issues.join('; ')}`);
}
