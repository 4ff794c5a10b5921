import {setTimeout as delay} from 'node:timers/promises';

const pollMs = 50;
const timeoutMsDefault = 30_000;

/** What `probe` gives once it `holds`; asked again and again, for what tells nobody when it is so. */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs: number = timeoutMsDefault,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (holds(value)) return value;
    if (performance.now() > until) {
      throw new Error(`not so within ${timeoutMs} ms; the last was ${JSON.stringify(value)}`);
    }
    await delay(pollMs);
  }
}
