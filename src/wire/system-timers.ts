import type {Timers} from '../ports/timers.js';

/** The process's own timers; a pending one keeps no process alive. */
export const systemTimers: Timers = {
  after: (delayMs, call) => {
    const timeout = setTimeout(call, delayMs);
    timeout.unref();
    return {cancel: () => clearTimeout(timeout)};
  },
};
