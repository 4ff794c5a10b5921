/** What `call` gives; undefined if it throws: whoever watches must not cost what is watched. */
export function unlessThrown<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
