import type {Style} from '../ansi.js';
import {formatTable} from '../table.js';
import {type CaseOutcome, caseOutcomes} from './case-result.js';
import {
  type CaseGroup,
  type ConformanceReport,
  caseGroups,
  operationRows,
} from './conformance-report.js';

const messageCharactersMax = 160;

/** The report for a terminal: tables by behaviour and by operation, what did not pass, the sums. */
export function reportText(report: ConformanceReport, style: Style): string {
  const tables = caseGroups.map(group => table(group, report, style));
  const parts = [...tables, problems(report, style), summary(report, style)];
  return parts.filter(part => part !== '').join('\n\n');
}

const titles: Readonly<Record<CaseGroup, string>> = {
  behaviour: 'BEHAVIOUR',
  operations: 'OPERATION',
};

function table(group: CaseGroup, report: ConformanceReport, style: Style): string {
  const cases = report.cases.filter(each => each.group === group);
  if (cases.length === 0) return '';
  const columns = [
    {title: titles[group]},
    ...[...caseOutcomes, ...(group === 'operations' ? ['cuts'] : [])].map(title => {
      return {title: title.toUpperCase(), align: 'right' as const};
    }),
  ];
  const rows = operationRows(cases).map(({operation, counts, cuts}) => [
    operation,
    ...caseOutcomes.map(outcome => colour(style, outcome, counts[outcome])),
    ...(group === 'operations' ? [cuts.made === 0 ? '' : `${cuts.passed}/${cuts.made}`] : []),
  ]);
  return formatTable(columns, rows);
}

function problems({cases}: ConformanceReport, style: Style): string {
  const rows = cases
    .filter(({outcome}) => !['passed', 'unsupported'].includes(outcome))
    .map(({name, outcome, message}) => [
      style.red(outcome),
      name,
      message.slice(0, messageCharactersMax),
    ]);
  if (rows.length === 0) return '';
  return formatTable([{title: 'OUTCOME'}, {title: 'CASE'}, {title: 'MESSAGE'}], rows);
}

function summary(report: ConformanceReport, style: Style): string {
  const counts = caseOutcomes.map(each => `${report[each]} ${each}`).join(', ');
  const cuts = report.cutWith === null ? '' : `, cut with ${report.cutWith}`;
  const seconds = Math.round(report.durationMs / 1000);
  return `${style.bold(report.device)}${cuts}: ${counts} (${seconds} s)`;
}

function colour(style: Style, outcome: CaseOutcome, count: number): string {
  if (count === 0) return style.dim('0');
  if (outcome === 'passed') return style.green(`${count}`);
  return outcome === 'unsupported' ? style.yellow(`${count}`) : style.red(`${count}`);
}
