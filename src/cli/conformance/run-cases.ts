import {CaseLane, type CaseLaneOptions} from './case-lane.js';
import type {CaseResult} from './case-result.js';
import type {CaseFolder} from './find-cases.js';
import {operationOf} from './open-case.js';

export interface RunCasesOptions extends CaseLaneOptions {
  /** Cases that run at the same time, each in a process of its own. */
  readonly processes: number;
  onResult(result: CaseResult): void;
}

export interface CasesRun {
  /** Sorted by name. */
  readonly results: readonly CaseResult[];
  readonly cutWith: string | null;
}

/** Runs every case; rejects only if a process for them cannot be started at first. */
export async function runCases(
  cases: readonly CaseFolder[],
  options: RunCasesOptions,
): Promise<CasesRun> {
  const queue = [...cases];
  const results: CaseResult[] = [];
  const lanes = Array.from(
    {length: Math.min(options.processes, cases.length)},
    () => new CaseLane(options),
  );
  const work = async (lane: CaseLane) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const folder = next;
      const done = await lane.perform(folder.name, process => process.run(folder));
      const result = {...done, operation: await operationOf(folder)};
      results.push(result);
      options.onResult(result);
    }
  };
  try {
    await lanes[0]?.start();
    await Promise.all(lanes.map(work));
  } finally {
    await Promise.all(lanes.map(lane => lane.stop()));
  }
  results.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {results, cutWith: lanes[0]?.cutWith ?? null};
}
