/**
 * Settles at the first SIGINT or SIGTERM, or when the process that started this one is gone (if it
 * keeps a channel to it). A second signal ends the process at once.
 */
export function untilSignal(): Promise<void> {
  return new Promise(resolve => {
    const stop = () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      process.off('disconnect', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('disconnect', stop);
  });
}
