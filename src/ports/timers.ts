/** One pending call. */
export interface Timer {
  cancel(): void;
}

export interface Timers {
  after(delayMs: number, call: () => void): Timer;
}
