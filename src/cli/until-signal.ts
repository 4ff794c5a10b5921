import {constants} from 'node:os';

const endTimeoutMs = 8000;

type Signal = 'SIGINT' | 'SIGTERM';

/**
 * Settles at the first SIGINT or SIGTERM with the status that a shell expects of a process which
 * one ended, or with 0 when the process that started this one is gone (if it keeps a channel to it).
 * What follows has some seconds to end in order, less than Docker waits; a second signal ends the
 * process at once.
 */
export function untilSignal(): Promise<number> {
  return new Promise(resolve => {
    const stop = (status: number) => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      process.off('disconnect', onDisconnect);
      process.on('SIGINT', exit);
      process.on('SIGTERM', exit);
      setTimeout(() => process.exit(status), endTimeoutMs).unref();
      resolve(status);
    };
    const onSignal = (signal: Signal) => stop(statusOf(signal));
    const onDisconnect = () => stop(0);
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    process.on('disconnect', onDisconnect);
    // Listening is no reason to stay.
    process.channel?.unref();
    // It may have gone before anybody listened.
    if (process.send !== undefined && !process.connected) onDisconnect();
  });
}

/** In order: what listens for the exit ends what it started. */
function exit(signal: Signal): void {
  process.exit(statusOf(signal));
}

function statusOf(signal: Signal): number {
  return 128 + constants.signals[signal];
}
