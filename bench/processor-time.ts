import {readdirSync, readFileSync} from 'node:fs';

/** Linux counts processor time in hundredths of a second for whoever reads it in /proc (proc(5)). */
const msPerTick = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly busyMs: number;
}

/**
 * Milliseconds that the processors have worked for this process and all that it started, so far;
 * NaN where there is no /proc. What waits for a busy machine costs none, so this differs less from
 * run to run than time on the clock.
 */
export function processorTimeMs(): number {
  const processes = readProcesses();
  if (processes.length === 0) return Number.NaN;
  const family = new Set([process.pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const {pid, parent} of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({pid}) => family.has(pid)).reduce((sum, {busyMs}) => sum + busyMs, 0);
}

function readProcesses(): readonly Process[] {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(readProcess);
  } catch {
    return [];
  }
}

/** None if it ended meanwhile. */
function readProcess(pid: string): readonly Process[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the bracket may hold spaces; of what follows, the 2nd field is the parent,
    // the 12th and 13th are the time in user mode and in the kernel.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return [{pid: Number(pid), parent: Number(fields[1]), busyMs: ticks * msPerTick}];
  } catch {
    return [];
  }
}
