import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {OperationCounter, StageCounters} from '../../../../schemas/performance-counters.js';
import {averageCounts} from '../../../../src/cli/benchmark/average-counts.js';
import {csv} from '../../../../src/cli/benchmark/counters-csv.js';
import {countersTable} from '../../../../src/cli/benchmark/counters-table.js';
import {type ReportType, writeReportFiles} from '../../../../src/cli/benchmark/report-files.js';
import {
  type PerformanceCounts,
  performanceCounts,
} from '../../../../src/client/performance-counts.js';
import {temporaryFolder} from '../../../support/temporary-folder.js';

function operation(name: string, realUs: number): OperationCounter {
  const status = realUs > 0 ? 'EXECUTED' : 'OPTIMIZED_OUT';
  const kernel = {execType: realUs > 0 ? 'FusedConv' : '', nodeType: 'Conv'};
  return {name, status, realUs, cpuUs: realUs, ...kernel, fused: [], outputTypes: []};
}

/** Two stages; the second does `slow`, and every time is `scale` times that of the first inference. */
function inference(scale: number): PerformanceCounts {
  const times = {queueUs: scale, transferUs: 2 * scale, measuringUs: 0};
  const stage = (index: number, operations: readonly OperationCounter[]): StageCounters => ({
    stage: index,
    name: `stage${index} A`,
    device: 'host-a/A',
    ...times,
    executeUs: operations.reduce((sum, {realUs}) => sum + realUs, 0) + scale,
    pipelineUs: {inferPreprocess: 3 * scale, waitPipeline: 4 * scale},
    operations,
  });
  const first = stage(0, [operation('a, "quoted"', 10 * scale), operation('folded', 0)]);
  const second = stage(1, [operation('slow', 30 * scale)]);
  const whole = {totalUs: 100 * scale, queueUs: 5 * scale, transferUs: 7 * scale};
  return performanceCounts({...whole, stages: [first, second]});
}

const counts = [inference(1), inference(3)];
const statistics = {count: 8, latencyMs: {median: 1.5, p90: 2}};

/** Cells of a CSV without line ends inside. */
function cellsOf(text: string): readonly (readonly string[])[] {
  const lines = text.trimEnd().split('\r\n');
  return lines.map(line =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
    ),
  );
}

async function written(t: ExecutionContext, type: ReportType) {
  const folder = await temporaryFolder(t);
  const measured = type === 'none' ? [] : counts;
  const paths = await writeReportFiles({type, folder, statistics, counts: measured});
  const texts = await Promise.all(paths.map(path => readFile(path, 'utf8')));
  const [table = [], ...rows] = cellsOf(texts[0] ?? '');
  const records = rows.map(row => Object.fromEntries(table.map((name, at) => [name, row[at]])));
  return {folder, paths, records, json: JSON.parse(texts[1] ?? '')};
}

test('times are averaged by operation, stage and request', t => {
  const average = averageCounts(counts);
  t.like(average, {inferences: 2, totalUs: 200, queueUs: 10, transferUs: 14});
  t.deepEqual(
    average.operations.map(({name, status, realUs}) => [name, status, realUs]),
    [
      ['a, "quoted"', 'EXECUTED', 20],
      ['folded', 'OPTIMIZED_OUT', 0],
      ['slow', 'EXECUTED', 60],
    ],
  );
  t.like(average.stages[1], {executeUs: 62, pipelineUs: {inferPreprocess: 6, waitPipeline: 8}});
});

test('the average report has a row for each time, and its sums are those of the JSON', async t => {
  const {folder, paths, records, json} = await written(t, 'average');
  const name = join(folder, 'benchmark_average_counters_report');
  t.deepEqual(paths, [`${name}.csv`, `${name}.json`]);
  const sumOf = (kind: string, names?: string) =>
    records
      .filter(row => row['kind'] === kind && (names === undefined || row['name'] === names))
      .reduce((sum, row) => sum + Number(row['realUs']), 0);
  t.is(sumOf('operation'), 80);
  t.is(sumOf('stage', 'execute'), 84);
  t.is(sumOf('request', 'total'), 200);
  t.is(json.count, 8);
  t.is(json.average.totalUs, 200);
  const operations: readonly OperationCounter[] = json.average.operations;
  t.is(
    operations.reduce((sum, {realUs}) => sum + realUs, 0),
    sumOf('operation'),
  );
  t.like(
    records.find(row => row['name'] === 'a, "quoted"'),
    {inference: 'average', stage: 'stage0 A', device: 'host-a/A', execType: 'FusedConv'},
  );
});

test('the detailed report has every inference, and the average of all', async t => {
  const {records, json} = await written(t, 'detailed');
  const slow = records.filter(row => row['name'] === 'slow');
  t.deepEqual(
    slow.map(row => [row['inference'], row['realUs']]),
    [
      ['0', '30'],
      ['1', '90'],
      ['average', '60'],
    ],
  );
  t.is(json.inferences.length, 2);
  t.is(json.inferences[1].operations[2].realUs, 90);
  t.is(json.inferences[1].stages[1].executeUs, 93);
  t.false('operations' in json.inferences[1].stages[1], 'they are told once');
});

test('the report without counters has what was printed', async t => {
  const {records, json} = await written(t, 'none');
  t.deepEqual(records, [
    {name: 'count', value: '8'},
    {name: 'latencyMs.median', value: '1.5'},
    {name: 'latencyMs.p90', value: '2'},
  ]);
  t.deepEqual(json, statistics);
});

test('cells of a CSV hold commas, quotes and line ends', t => {
  t.is(csv([['a,b', 'say "x"', 'one\ntwo', 3]]), '"a,b","say ""x""","one\ntwo",3\r\n');
});

test('a table shows operations as they come, by time, or only those that ran', t => {
  const names = (order: 'no_sort' | 'sort' | 'simple_sort') => {
    const [operations = ''] = countersTable(averageCounts(counts), order).split('\n\n');
    return operations.split('\n').map(line => line.slice(0, 11).trim());
  };
  t.deepEqual(names('no_sort'), ['OPERATION', 'a, "quoted"', 'folded', 'slow', 'Total']);
  t.deepEqual(names('sort'), ['OPERATION', 'slow', 'a, "quoted"', 'folded', 'Total']);
  t.deepEqual(names('simple_sort'), ['OPERATION', 'slow', 'a, "quoted"', 'Total']);
  const table = countersTable(averageCounts(counts), 'sort');
  t.regex(table, /^slow +EXECUTED +Conv +FusedConv +60 µs +60 µs +75\.0 % +stage1 A$/m);
  t.regex(table, /^Total +80 µs$/m);
  t.regex(table, /^Mean of 2: whole 200 µs, waiting 10 µs, on the way 14 µs$/m);
});
