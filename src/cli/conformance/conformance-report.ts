import {type CaseOutcome, type CaseResult, caseOutcomes} from './case-result.js';

export const caseGroups = ['behaviour', 'operations'] as const;
export type CaseGroup = (typeof caseGroups)[number];

/** A case in a report; of a behaviour, `operation` is what it is about. */
export interface ReportedCase extends CaseResult {
  readonly group: CaseGroup;
}

export type OutcomeCounts = Readonly<Record<CaseOutcome, number>>;

/** What a device makes of the behaviours that every device has, and of ONNX's backend tests. */
export interface ConformanceReport extends OutcomeCounts {
  readonly device: string;
  /** What took the other side of cuts; null: nothing was cut. */
  readonly cutWith: string | null;
  readonly durationMs: number;
  readonly cases: readonly ReportedCase[];
}

export interface ConformanceRun
  extends Pick<ConformanceReport, 'device' | 'cutWith' | 'durationMs'> {
  readonly behaviours?: readonly CaseResult[];
  readonly cases: readonly CaseResult[];
}

export function conformanceReport(run: ConformanceRun): ConformanceReport {
  const {device, cutWith, durationMs, behaviours = []} = run;
  const cases = [...inGroup('behaviour', behaviours), ...inGroup('operations', run.cases)];
  return {device, cutWith, ...countOutcomes(cases), durationMs, cases};
}

function inGroup(group: CaseGroup, results: readonly CaseResult[]): readonly ReportedCase[] {
  return results.map(result => ({...result, group}));
}

export interface OperationRow {
  readonly operation: string;
  readonly counts: OutcomeCounts;
  /** Cuts that passed, and all that could be made. */
  readonly cuts: {readonly passed: number; readonly made: number};
}

/** One row for each operation, by name. */
export function operationRows(cases: readonly CaseResult[]): readonly OperationRow[] {
  const byOperation = new Map<string, CaseResult[]>();
  for (const result of cases) {
    const {operation} = result;
    byOperation.set(operation, [...(byOperation.get(operation) ?? []), result]);
  }
  return [...byOperation]
    .map(([operation, results]) => ({
      operation,
      counts: countOutcomes(results),
      cuts: countCuts(results),
    }))
    .sort((a, b) => (a.operation < b.operation ? -1 : 1));
}

/** Nothing failed, crashed or hung. */
export function conforms({failed, crashed, hanging}: OutcomeCounts): boolean {
  return failed + crashed + hanging === 0;
}

function countOutcomes(cases: readonly CaseResult[]): OutcomeCounts {
  const count = (wanted: CaseOutcome) => cases.filter(({outcome}) => outcome === wanted).length;
  return Object.fromEntries(caseOutcomes.map(each => [each, count(each)])) as OutcomeCounts;
}

function countCuts(cases: readonly CaseResult[]): OperationRow['cuts'] {
  const sum = (of: (result: CaseResult) => number) =>
    cases.reduce((total, result) => total + of(result), 0);
  const passed = sum(({cuts}) => cuts.passed);
  return {passed, made: passed + sum(({cuts}) => cuts.failed)};
}
