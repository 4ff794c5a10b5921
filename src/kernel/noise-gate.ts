import type {LogLevel} from '../ports/log.js';

const linesMax = 20;
const windowMs = 10_000;

/** Lets so many warnings of what others cause into a log, and what is more only where all is logged. */
export class NoiseGate {
  #since = Number.NEGATIVE_INFINITY;
  #lines = 0;

  /** The level of one more. */
  level(now: number): LogLevel {
    if (now - this.#since >= windowMs) {
      this.#since = now;
      this.#lines = 0;
    }
    this.#lines++;
    return this.#lines <= linesMax ? 'warn' : 'debug';
  }
}
