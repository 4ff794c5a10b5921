import {Closers} from './closers.js';
import {untilSignal} from './until-signal.js';

/**
 * Runs `serve` until it fails or the process is interrupted, at whatever moment from the first on,
 * then closes what it has added to the closers. Rejects with what `serve` does; else the process
 * ends, and with it what was being started when it was interrupted.
 */
export async function serveUntilSignal(
  serve: (closers: Closers) => Promise<unknown>,
): Promise<void> {
  const interrupted = untilSignal();
  const closers = new Closers();
  try {
    await Promise.race([serve(closers).then(() => interrupted), interrupted]);
  } catch (error) {
    // What fails to close has the same cause, or a lesser one.
    await closers.close().catch(() => {});
    throw error;
  }
  await closers.close();
  process.exit();
}
