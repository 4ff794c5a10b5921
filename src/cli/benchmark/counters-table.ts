import {pipelineStages} from '../../../schemas/performance-counters.js';
import type {PlacedCounter} from '../../client/performance-counts.js';
import {formatMicroseconds} from '../../plan/format-microseconds.js';
import {formatTable} from '../table.js';
import type {AverageCounts} from './average-counts.js';

/** `sort`: the slowest first; `simple_sort`: the same, and only what was executed. */
export const counterOrders = ['no_sort', 'sort', 'simple_sort'] as const;
export type CounterOrder = (typeof counterOrders)[number];

/** What inferences took, by operation and by stage, for a terminal. */
export function countersTable(counts: AverageCounts, order: CounterOrder): string {
  const {inferences, totalUs, queueUs, transferUs} = counts;
  const times = {whole: totalUs, waiting: queueUs, 'on the way': transferUs};
  const parts = Object.entries(times).map(([name, us]) => `${name} ${formatMicroseconds(us)}`);
  return [
    operationsTable(counts, order),
    stagesTable(counts),
    `Mean of ${inferences}: ${parts.join(', ')}`,
  ].join('\n\n');
}

function operationsTable({operations}: AverageCounts, order: CounterOrder): string {
  const sumUs = operations.reduce((sum, {realUs}) => sum + realUs, 0);
  const rows = inOrder(operations, order).map(each => [
    each.name,
    each.status,
    each.nodeType,
    each.execType,
    formatMicroseconds(each.realUs),
    formatMicroseconds(each.cpuUs),
    percent(each.realUs, sumUs),
    each.stage,
  ]);
  const total = ['Total', '', '', '', formatMicroseconds(sumUs), '', '', ''];
  const numbers = ['REAL', 'CPU', 'SHARE'].map(title => ({title, align: 'right'}) as const);
  const texts = ['OPERATION', 'STATUS', 'TYPE', 'KERNEL'].map(title => ({title}));
  return formatTable([...texts, ...numbers, {title: 'STAGE'}], [...rows, total]);
}

function stagesTable({stages}: AverageCounts): string {
  const rows = stages.map(({name, device, pipelineUs, ...each}) => {
    const pipeline = pipelineStages.map(part => pipelineUs[part] ?? 0);
    const times = [each.queueUs, each.transferUs, each.executeUs, ...pipeline, each.measuringUs];
    return [name, device, ...times.map(formatMicroseconds)];
  });
  const numbers = ['queue', 'transfer', 'execute', ...pipelineStages, 'measuring'].map(title => {
    return {title, align: 'right'} as const;
  });
  return formatTable([{title: 'STAGE'}, {title: 'DEVICE'}, ...numbers], rows);
}

function inOrder(
  operations: readonly PlacedCounter[],
  order: CounterOrder,
): readonly PlacedCounter[] {
  if (order === 'no_sort') return operations;
  const simple = order === 'simple_sort';
  const shown = operations.filter(({status}) => !simple || status === 'EXECUTED');
  return shown.toSorted((a, b) => b.realUs - a.realUs);
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : ((part / whole) * 100).toFixed(1)} %`;
}
