import type {InferenceError} from '../src/errors.js';
import type {Random} from '../src/ports/random.js';

const delayMsMin = 10;
const delayMsMax = 500;

/**
 * How long to wait after the `failures`-th failure: doubled each time, or what the error advises if
 * that is longer, up to a bound; then scattered by half, so that clients do not come in step.
 */
export function retryDelayMs(failures: number, error: InferenceError, random: Random): number {
  const doubled = delayMsMin * 2 ** (failures - 1);
  const advised = error.place.retryAfterMs ?? 0;
  return Math.min(Math.max(doubled, advised), delayMsMax) * (0.5 + random.next());
}
