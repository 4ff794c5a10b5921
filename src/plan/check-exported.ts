import type {ExportedNetwork, ExportedVariant} from '../../schemas/exported-network.js';
import {clientIndex, type Edge, type Stage, type StageGraph} from '../../schemas/stage-graph.js';
import type {StageState} from '../../schemas/state.js';
import type {TensorInfo} from '../../schemas/tensor.js';
import {InferenceError} from '../errors.js';

/**
 * Throws INVALID_BLOB unless every variant of an exported network is a stage graph that can run: one
 * that a coordinator and its stages can take for granted, whoever wrote it.
 */
export function checkExported(network: ExportedNetwork): void {
  for (const variant of network.variants) checkVariant(network, variant);
}

function checkVariant(network: ExportedNetwork, {stageGraph, stages}: ExportedVariant): void {
  const count = stageGraph.stages.length;
  if (stages.length !== count) throw invalid(`${stages.length} payloads for ${count} stages`);
  for (const [index, stage] of stageGraph.stages.entries()) {
    if (stage.index !== index) throw invalid(`stage ${stage.index} at place ${index}`);
    for (const state of stage.states ?? []) checkState(stage, state);
    const {network: source, compiled} = stages[index] ?? {};
    if (!source && !compiled) throw invalid(`nothing of the stage ${stage.name}`);
  }
  for (const edge of stageGraph.edges) checkEdge(network, stageGraph.stages, edge);
  checkReads(network, stageGraph);
  checkAcyclic(stageGraph);
}

function checkState({name, inputs, outputs}: Stage, {input, output}: StageState): void {
  if (has(inputs, input) && has(outputs, output)) return;
  throw invalid(`a state of ${name} from "${output}" to "${input}", which are not there`);
}

function checkEdge(
  {inputs, overridable, outputs, states}: ExportedNetwork,
  stages: readonly Stage[],
  {from, to, output, input}: Edge,
): void {
  const producer = from === clientIndex ? undefined : stages[from];
  const consumer = to === clientIndex ? undefined : stages[to];
  const ends = [
    {at: from, stage: producer},
    {at: to, stage: consumer},
  ];
  const missing = ends.find(({at, stage}) => at !== clientIndex && stage === undefined);
  if (missing !== undefined) throw invalid(`an edge at the stage ${missing.at}`);
  const made =
    producer === undefined
      ? [...inputs, ...overridable, ...states.map(({info}) => info)]
      : producer.outputs;
  const read = consumer === undefined ? outputs : [...consumer.inputs, ...consumer.overridable];
  if (!has(made, output)) throw invalid(`an edge from "${output}", which nothing makes`);
  if (!has(read, input)) throw invalid(`an edge to "${input}", which nobody reads`);
}

/** Who reads a tensor gets it once. */
function checkReads({outputs}: ExportedNetwork, {stages, edges}: StageGraph): void {
  const sources = new Map<string, number>();
  for (const {to, input} of edges) {
    const key = JSON.stringify([to, input]);
    sources.set(key, (sources.get(key) ?? 0) + 1);
  }
  const twice = [...sources].find(([, count]) => count > 1);
  if (twice !== undefined) throw invalid(`two edges to ${twice[0]}`);
  const readers = [{index: clientIndex, inputs: outputs}, ...stages];
  for (const {index, inputs} of readers) {
    const unfed = inputs.find(({name}) => !sources.has(JSON.stringify([index, name])));
    if (unfed !== undefined) throw invalid(`no edge to "${unfed.name}" of ${index}`);
  }
}

function checkAcyclic({stages, edges}: StageGraph): void {
  const between = edges.filter(({from, to}) => from !== clientIndex && to !== clientIndex);
  const waiting = stages.map(() => 0);
  const readers = stages.map((): number[] => []);
  for (const {from, to} of between) {
    readers[from]?.push(to);
    waiting[to] = (waiting[to] ?? 0) + 1;
  }
  const ready = stages.map(({index}) => index).filter(index => waiting[index] === 0);
  for (const index of ready) {
    for (const to of readers[index] ?? []) {
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  if (ready.length < stages.length) throw invalid('stages that wait for each other');
}

function has(infos: readonly TensorInfo[], name: string): boolean {
  return infos.some(info => info.name === name);
}

function invalid(given: string): InferenceError {
  return new InferenceError('INVALID_BLOB', `expected a stage graph that can run, given ${given}`);
}
