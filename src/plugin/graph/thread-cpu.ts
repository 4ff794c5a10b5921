/** Of Node 23.9 and newer, which `@types/node` of the oldest one supported does not know. */
interface ThreadUsage {
  threadCpuUsage?(): {readonly user: number; readonly system: number};
}

/** The processor time that this thread has taken, in microseconds; undefined where Node cannot tell. */
export function threadCpuUs(): number | undefined {
  const usage = (process as ThreadUsage).threadCpuUsage?.();
  return usage === undefined ? undefined : usage.user + usage.system;
}
