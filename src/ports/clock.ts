/** Milliseconds on a monotonic clock with no meaning across processes. Reading it never moves it. */
export interface Clock {
  now(): number;
}
