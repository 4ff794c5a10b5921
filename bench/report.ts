import {type Column, formatTable} from '../src/cli/table.js';
import type {Machine} from './machine.js';
import type {BenchResult, Row, WorkloadResult} from './result.js';
import type {Spread} from './spread.js';

const columns: readonly Column[] = [
  {title: ''},
  {title: 'inferences/s', align: 'right'},
  {title: 'of direct', align: 'right'},
  {title: 'processor', align: 'right'},
  {title: 'p50', align: 'right'},
  {title: 'p99', align: 'right'},
  {title: 'p50 / (bare NATS + direct)', align: 'right'},
  {title: 'result'},
];

/** A table for each workload; in brackets the quartiles over the rounds. */
export function formatResult({machine, workloads, parameters}: BenchResult): string {
  const tables = workloads.map(formatWorkload);
  const rounds = `Medians of ${parameters.rounds} interleaved rounds [quartiles].`;
  return [formatMachine(machine), ...tables, rounds].join('\n\n');
}

function formatMachine({processor, cores, memoryGiB, system, loadAverage, versions}: Machine) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const load = loadAverage.toFixed(1);
  return [
    `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, load at the start ${load}`,
    list.join(', '),
  ].join('\n');
}

function formatWorkload(result: WorkloadResult): string {
  const {workload, inputBytes, outputBytes, streams, inFlight, rows} = result;
  const bytes = `${inputBytes.toLocaleString('en')} B in, ${outputBytes.toLocaleString('en')} B out`;
  const title = `${workload}: ${bytes}, ${streams} streams, ${inFlight} in flight, or 1 for p50 and p99`;
  return `${title}\n${formatTable(columns, rows.map(formatRow))}`;
}

function formatRow(row: Row): readonly string[] {
  const perSecond = (value: number) => value.toFixed(value < 1000 ? 1 : 0);
  const ratio = (value: number) => value.toFixed(2);
  const ms = (value: number) => value.toFixed(value < 10 ? 3 : 1);
  return [
    row.contender,
    formatSpread(row.throughput, perSecond),
    formatSpread(row.throughputRatio, ratio),
    row.processorMs === null ? '-' : `${formatSpread(row.processorMs, ms)} ms`,
    `${formatSpread(row.p50Ms, ms)} ms`,
    `${ms(row.p99Ms)} ms`,
    formatSpread(row.p50Ratio, ratio),
    row.sha256?.slice(0, 12) ?? '-',
  ];
}

function formatSpread({median, low, high}: Spread, format: (value: number) => string): string {
  return `${format(median)} [${format(low)}-${format(high)}]`;
}
