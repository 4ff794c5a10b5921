import {InferenceError} from '../errors.js';

const keyCharactersMax = 256;

/** Throws InferenceError INVALID_ARGUMENT for a key that NATS could not hold. */
export function checkKey(key: string): void {
  if (key.length <= keyCharactersMax && /^[-/=\w]+(\.[-/=\w]+)*$/.test(key)) return;
  const given = JSON.stringify(key.slice(0, keyCharactersMax));
  const message = `Expected a key of letters, digits, '-', '_', '/', '=' and single dots: ${given}.`;
  throw new InferenceError('INVALID_ARGUMENT', message);
}
