import type {CaseSettings} from './case-messages.js';
import {CaseProcess} from './case-process.js';
import type {CaseResult} from './case-result.js';
import type {CaseFolder} from './find-cases.js';
import {operationOf} from './open-case.js';

export interface RunCasesOptions {
  readonly settings: CaseSettings;
  /** Cases that run at the same time, each in a process of its own. */
  readonly processes: number;
  /** How long one step of a case may take before its process is ended. */
  readonly stepTimeoutMs: number;
  onResult(result: CaseResult): void;
}

export interface CasesRun {
  /** Sorted by name. */
  readonly results: readonly CaseResult[];
  readonly cutWith: string | null;
}

/** After so many cases a process makes room for a fresh one. */
const casesPerProcessMax = 200;

/** Runs every case; rejects only if processes for them cannot be started. */
export async function runCases(
  cases: readonly CaseFolder[],
  options: RunCasesOptions,
): Promise<CasesRun> {
  const queue = [...cases];
  const results: CaseResult[] = [];
  let cutWith: string | null = null;
  const startProcess = async () => {
    const started = await CaseProcess.start(options.settings, options.stepTimeoutMs);
    cutWith = started.cutWith;
    return started;
  };
  const work = async () => {
    let process: CaseProcess | undefined;
    let count = 0;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        if (process === undefined || !process.usable || count >= casesPerProcessMax) {
          await process?.stop();
          process = await startProcess();
          count = 0;
        }
        count++;
        const result = {...(await process.run(next)), operation: await operationOf(next)};
        results.push(result);
        options.onResult(result);
      }
    } catch (error) {
      queue.length = 0;
      throw error;
    } finally {
      await process?.stop();
    }
  };
  const lanes = Array.from({length: Math.min(options.processes, cases.length)}, work);
  const ends = await Promise.allSettled(lanes);
  const rejected = ends.find(end => end.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
  results.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {results, cutWith};
}
