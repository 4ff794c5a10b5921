import {join} from 'node:path';
import type {PerformanceCounts} from '../../client/performance-counts.js';
import {writeResult} from '../write-result.js';
import {averageCounts} from './average-counts.js';
import {type CountedInference, countersCsv, csv} from './counters-csv.js';

/** `average`: one row for each operation; `detailed`: one for each of every measured inference. */
export const reportTypes = ['none', 'average', 'detailed'] as const;
export type ReportType = (typeof reportTypes)[number];

const fileNames: Readonly<Record<ReportType, string>> = {
  none: 'benchmark_no_counters_report',
  average: 'benchmark_average_counters_report',
  detailed: 'benchmark_detailed_counters_report',
};

export interface ReportFiles {
  readonly type: ReportType;
  readonly folder: string;
  /** What the benchmark found, as it is printed. */
  readonly statistics: object;
  /** Of each inference that was measured; empty for `none`. */
  readonly counts: readonly PerformanceCounts[];
}

/** Writes CSV and JSON under benchmark_app's file names, into a folder that is there. */
export async function writeReportFiles(files: ReportFiles): Promise<readonly string[]> {
  const path = join(files.folder, fileNames[files.type]);
  const paths = [`${path}.csv`, `${path}.json`] as const;
  await writeResult(paths[0], csvOf(files));
  await writeResult(paths[1], `${JSON.stringify(jsonOf(files), undefined, 2)}\n`);
  return paths;
}

function csvOf({type, statistics, counts}: ReportFiles): string {
  if (type === 'none') return csv([['name', 'value'], ...flat('', statistics)]);
  const average: [string, CountedInference] = ['average', averageCounts(counts)];
  if (type === 'average') return countersCsv(new Map([average]));
  const each = counts.map((one, at): [string, CountedInference] => [String(at), one]);
  return countersCsv(new Map([...each, average]));
}

function jsonOf({type, statistics, counts}: ReportFiles): object {
  if (type === 'none') return statistics;
  const average = averageCounts(counts);
  if (type === 'average') return {...statistics, average};
  const inferences = counts.map(({stages, ...one}) => ({
    ...one,
    stages: stages.map(({operations: _, ...stage}) => stage),
  }));
  return {...statistics, average, inferences};
}

/** `{latencyMs: {median: 1}}` as `latencyMs.median`, 1. */
function flat(prefix: string, value: object): readonly (readonly (string | number)[])[] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    if (typeof each === 'object' && each !== null) return flat(`${prefix}${key}.`, each);
    return [[`${prefix}${key}`, String(each)]];
  });
}
