import {randomBytes} from 'node:crypto';
import type {Clock} from '../ports/clock.js';
import type {Random} from '../ports/random.js';
import type {Timers} from '../ports/timers.js';

/** This process's monotonic clock. */
export const systemClock: Clock = {now: () => performance.now()};

/** Node's timers. */
export const systemTimers: Timers = {
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return {cancel: () => clearTimeout(timer)};
  },
};

const idAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 22;

/** Chance from the operating system. */
export const systemRandom: Random = {
  next: () => Math.random(),
  id() {
    const bytes = randomBytes(idLength);
    return Array.from(bytes, byte => idAlphabet[byte % idAlphabet.length]).join('');
  },
};
