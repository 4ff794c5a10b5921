/** The host's clock may be set so far without being read anew; that has a grain of 1 ms. */
const driftMsMax = 5;

let originMs = performance.timeOrigin;

/**
 * A moment of `systemClock` in milliseconds since 1970, and fractions of them, by the host's clock as
 * it is now. The process's own origin of time is as that clock was when it started, weeks ago.
 */
export function epochMs(at = performance.now()): number {
  const seenMs = Date.now() - performance.now();
  if (Math.abs(seenMs - originMs) > driftMsMax) originMs = seenMs;
  return originMs + at;
}
