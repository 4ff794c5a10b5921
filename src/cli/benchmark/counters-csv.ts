import {pipelineStages} from '../../../schemas/performance-counters.js';
import type {PlacedCounter} from '../../client/performance-counts.js';
import type {AverageCounts, StageTimes} from './average-counts.js';

/** What is written of one inference, or of the mean of several. */
export type CountedInference = Omit<AverageCounts, 'inferences'>;

const columns = [
  'inference',
  'kind',
  'stage',
  'device',
  'name',
  'status',
  'nodeType',
  'execType',
  'realUs',
  'cpuUs',
] as const;

type Row = Partial<Readonly<Record<(typeof columns)[number], string | number>>>;

/**
 * Counters as one table, a row for each time (RFC 4180). `kind` is `request` (`total`, `queue` and
 * `transfer`), `stage` (`queue`, `transfer`, `execute` and the pipeline's stages) or `operation`.
 */
export function countersCsv(inferences: ReadonlyMap<string, CountedInference>): string {
  const rows = [...inferences].flatMap(([inference, counted]) =>
    inferenceRows(counted).map(row => ({inference, ...row})),
  );
  return csv([[...columns], ...rows.map((row: Row) => columns.map(column => row[column] ?? ''))]);
}

/** Lines of cells between commas. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map(cells => `${cells.map(cell).join(',')}\r\n`).join('');
}

function inferenceRows(counted: CountedInference): readonly Row[] {
  const {totalUs, queueUs, transferUs, stages, operations} = counted;
  const whole = {total: totalUs, queue: queueUs, transfer: transferUs};
  return [
    ...Object.entries(whole).map(([name, realUs]) => ({kind: 'request', name, realUs})),
    ...stages.flatMap(stageRows),
    ...operations.map(operationRow),
  ];
}

function stageRows({name: stage, device, pipelineUs, ...times}: StageTimes): readonly Row[] {
  const {queueUs, transferUs, executeUs, measuringUs} = times;
  const parts = {queue: queueUs, transfer: transferUs, execute: executeUs, measuring: measuringUs};
  const pipeline = pipelineStages.flatMap(part => {
    const realUs = pipelineUs[part];
    return realUs === undefined ? [] : [[part, realUs] as const];
  });
  return [...Object.entries(parts), ...pipeline].map(([name, realUs]) => {
    return {kind: 'stage', stage, device, name, realUs};
  });
}

function operationRow(counter: PlacedCounter): Row {
  const {stage, device, name, status, nodeType, execType, realUs, cpuUs} = counter;
  return {kind: 'operation', stage, device, name, status, nodeType, execType, realUs, cpuUs};
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
