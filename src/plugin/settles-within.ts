/**
 * True once `settled` resolves, false if it takes longer than `timeoutMs`; rejects as it does. Leaves
 * no timer behind.
 */
export async function settlesWithin(
  settled: Promise<unknown>,
  timeoutMs?: number,
): Promise<boolean> {
  if (timeoutMs === undefined) {
    await settled;
    return true;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<false>(resolve => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  try {
    return await Promise.race([settled.then(() => true), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}
