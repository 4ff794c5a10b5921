import {clientIndex, type Edge, type StageGraph} from '../../../schemas/stage-graph.js';
import {bytesOfOne} from '../../plan/bytes-of-one.js';
import {formatBytes} from '../../plan/format-bytes.js';
import {formatShape} from '../../tensor-check.js';
import {drawImage} from '../draw-image.js';
import type {Console} from '../report.js';
import {formatTable} from '../table.js';
import {type DemoReport, predictionOf} from './demo-report.js';
import {type Digits, imageSide, pixelMax} from './digits.js';
import {type DemoResult, requests} from './run-demo.js';

/** Which operations run where, and what crosses between them. */
export function describeStages(graph: StageGraph): string {
  const rows = graph.stages.map(({name, role, replicas, operations}) => [
    `  ${name}`,
    role,
    replicas.map(({device}) => device).join(', '),
    operations.join(' '),
  ]);
  const stages = formatTable(titles('  STAGE', 'ROLE', 'DEVICE', 'OPERATIONS'), rows);
  const crossing = graph.edges.map(edge => describeEdge(graph, edge));
  const edges = formatTable(titles('  FROM', 'TO', 'TENSOR', 'BYTES PER IMAGE'), crossing);
  return `${stages}\n\n${edges}`;
}

function describeEdge({stages}: StageGraph, edge: Edge): string[] {
  const nameOf = (index: number) =>
    index === clientIndex ? 'client' : (stages[index]?.name ?? '');
  const infos = edge.to === clientIndex ? stages[edge.from]?.outputs : stages[edge.to]?.inputs;
  const wanted = edge.to === clientIndex ? edge.output : edge.input;
  const info = infos?.find(({name}) => name === wanted);
  const type = info === undefined ? '' : `${info.type}${formatShape(info.shape)}`;
  const bytes = info === undefined ? null : bytesOfOne(info);
  return [`  ${nameOf(edge.from)}`, nameOf(edge.to), `${edge.output} ${type}`, formatBytes(bytes)];
}

/** A few images side by side, with what they were taken for. */
export function describeImages(digits: Digits, result: DemoResult, console: Console): string {
  const shown = 4;
  const {unicode} = console.out;
  const drawn = digits.images.slice(0, shown).map(({data: pixels}) => {
    return drawImage({width: imageSide, height: imageSide, pixels, max: pixelMax}, unicode);
  });
  const rows = Array.from({length: imageSide}, (_, row) => {
    return `  ${drawn.map(image => image[row]).join('    ')}`;
  });
  const captions = drawn.map((image, at) => {
    const digit = predictionOf(result, at);
    const share = ((result.probabilities[at]?.[digit] ?? 0) * 100).toFixed(1);
    return `${digit}, ${share} %`.padEnd(image[0]?.length ?? 0);
  });
  return `${rows.join('\n')}\n  ${captions.join('    ')}`;
}

export function describeFigures(report: DemoReport, console: Console): string {
  const {style} = console;
  const {accuracy, images, throughput, latencyMs, stages} = report;
  const [p50, p99] = [latencyMs.p50.toFixed(1), latencyMs.p99.toFixed(1)];
  const latency = `p50 ${p50} ms, p99 ${p99} ms, ${requests} requests in flight`;
  const right = Math.round(accuracy * images);
  const rows = stages.map(({role, device, executed, executeMs, queueMs}) => [
    `  ${role}`,
    device,
    `${executed}`,
    `${executeMs.toFixed(2)} ms`,
    `${queueMs.toFixed(2)} ms`,
  ]);
  const columns = titles('  STAGE', 'DEVICE', 'EXECUTED', 'KERNEL', 'WAITED');
  const matches = report.matchesReference
    ? style.green('every output equals the undivided network run directly in onnxruntime')
    : style.red('outputs differ from the undivided network run directly in onnxruntime');
  return [
    `${style.bold('Accuracy')}     ${(accuracy * 100).toFixed(2)} % (${right} of ${images} images)`,
    `${style.bold('Reference')}    ${matches}`,
    `${style.bold('Throughput')}   ${throughput.toFixed(0)} images/s`,
    `${style.bold('Latency')}      ${latency}`,
    '',
    formatTable(columns, rows),
  ].join('\n');
}

function titles(...names: readonly string[]): {readonly title: string}[] {
  return names.map(title => ({title}));
}
