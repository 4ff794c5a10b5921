import type {NetworkGraph} from '../../schemas/network-graph.js';
import {clientIndex, type Edge, type Stage, type StageGraph} from '../../schemas/stage-graph.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import type {Assignment} from './assignment.js';
import {explainOperations} from './explain-operations.js';
import {formatBytes} from './format-bytes.js';
import {formatCount} from './format-count.js';
import {formatTensor} from './format-tensor.js';
import {shortenNames} from './list-names.js';
import {placeName} from './stage-links.js';
import {formatTensorBytes, SymbolicBytes} from './symbolic-bytes.js';

/** A finished plan, as it is explained. */
export interface ExplainedPlan {
  readonly graph: NetworkGraph;
  readonly assignment: Assignment;
  readonly stageGraph: StageGraph;
}

export interface ExplainOptions {
  /** Every operation on its own line; else operations are counted, and grouped by their reason. */
  readonly verbose?: boolean;
}

/** Why a network is laid out as it is: each stage, what crosses, and each operation's reason. */
export function explain(plan: ExplainedPlan, options: ExplainOptions = {}): string {
  const {graph, stageGraph} = plan;
  const verbose = options.verbose ?? false;
  const [into, from] = [edgesBy(stageGraph, 'to'), edgesBy(stageGraph, 'from')];
  const blocks = stageGraph.stages.map(stage => {
    const crossings = {into: into.get(stage.index) ?? [], from: from.get(stage.index) ?? []};
    return explainStage(stageGraph, stage, crossings, verbose);
  });
  return [summary(graph, stageGraph), ...blocks, explainOperations(plan, verbose)]
    .map(lines => lines.join('\n'))
    .filter(block => block !== '')
    .join('\n\n')
    .concat('\n');
}

function summary({name, operations}: NetworkGraph, graph: StageGraph): readonly string[] {
  const {stages, edges} = graph;
  const between = edges.filter(({from, to}) => from !== clientIndex && to !== clientIndex);
  const sent = edges.filter(({from, to}) => from === clientIndex && to !== clientIndex);
  const received = edges.filter(({from, to}) => from !== clientIndex && to === clientIndex);
  const devices = new Set(stages.map(({device}) => device));
  return [
    `network '${name}': ${formatCount(operations.length, 'operation')} in ` +
      `${formatCount(stages.length, 'stage')} on ${[...devices].join(', ') || 'no device'}`,
    `per request: ${crossing(graph, sent)} from the client, ` +
      `${crossing(graph, between)} between stages, ${crossing(graph, received)} to the client`,
  ];
}

/** What crosses a stage's borders. */
interface Crossings {
  readonly into: readonly Edge[];
  readonly from: readonly Edge[];
}

function edgesBy({edges}: StageGraph, end: 'from' | 'to'): ReadonlyMap<number, readonly Edge[]> {
  const byStage = new Map<number, Edge[]>();
  for (const edge of edges) {
    const known = byStage.get(edge[end]);
    if (known === undefined) byStage.set(edge[end], [edge]);
    else known.push(edge);
  }
  return byStage;
}

function explainStage(
  graph: StageGraph,
  stage: Stage,
  {into, from}: Crossings,
  verbose: boolean,
): readonly string[] {
  const {role, name, device, operations, weightsBytes} = stage;
  const has = role === 'execute' ? `, ${formatCount(operations.length, 'operation')}` : '';
  const weights = weightsBytes > 0 ? `, ${formatBytes(weightsBytes)} of weights` : '';
  const listed = verbose ? operations.join(', ') : shortenNames(operations);
  return [
    `${name}: ${role} on ${device}${has}${weights}`,
    ...(operations.length > 0 ? [`  runs ${listed}`] : []),
    ...[...stage.inputs, ...stage.overridable].map(info => `  in   ${inflow(graph, into, info)}`),
    ...stage.outputs.map(info => `  out  ${outflow(graph, from, info)}`),
  ];
}

function inflow(graph: StageGraph, into: readonly Edge[], info: TensorInfo): string {
  const edge = into.find(({input}) => input === info.name);
  const from = edge === undefined ? 'nowhere' : placeName(graph, edge.from);
  return `${tensorText(info)} from ${from}${edge?.optional ? ', if it overrides' : ''}`;
}

function outflow(graph: StageGraph, from: readonly Edge[], info: TensorInfo): string {
  const edges = from.filter(({output}) => output === info.name);
  const to = edges.map(edge => placeName(graph, edge.to));
  return `${tensorText(info)} to ${to.join(', ') || 'nobody'}`;
}

function tensorText(info: TensorInfo): string {
  return `${info.name} ${formatTensor(info)} (${formatTensorBytes(info)})`;
}

/** Bytes of all that is sent, the same tensor once for each receiver. */
function crossing({stages}: StageGraph, edges: readonly Edge[]): SymbolicBytes {
  const bytes = new SymbolicBytes();
  for (const {from, output, to, input} of edges) {
    const made = stages[from]?.outputs.find(({name}) => name === output);
    const reader = stages[to];
    const read = [...(reader?.inputs ?? []), ...(reader?.overridable ?? [])];
    bytes.add(made ?? read.find(({name}) => name === input));
  }
  return bytes;
}
